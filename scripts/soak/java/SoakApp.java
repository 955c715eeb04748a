import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.SessionWindows;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.SessionStore;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The soaks' topologies on Kafka Streams. Each is the twin of a TypeScript file beside this folder: same names, so same
 * topics. Settings come as STREAMS_ variables, as a worker gets them.
 */
public final class SoakApp {
    public static void main(String[] args) throws InterruptedException {
        Topology topology = args[0].equals("takeover") ? takeover() : failover();
        KafkaStreams streams = new KafkaStreams(topology, settings());
        CountDownLatch ended = new CountDownLatch(1);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.setStateListener((now, before) -> {
            System.out.println("state " + now);
            if (now == KafkaStreams.State.NOT_RUNNING || now == KafkaStreams.State.ERROR) ended.countDown();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            boolean isClosed = streams.close(Duration.ofSeconds(30));
            System.out.println(isClosed ? "closed" : "not closed within 30 s");
        }));
        streams.start();
        while (ended.getCount() > 0) {
            tellLag(streams);
            Thread.sleep(200);
        }
    }

    /** What the stores here lack, those of standbys and of tasks that are restored; "caughtup" where that is next to nothing. */
    private static void tellLag(KafkaStreams streams) {
        if (streams.state() == KafkaStreams.State.CREATED) return;
        var stores = streams.allLocalStorePartitionLags().values();
        long lag = stores.stream()
            .flatMap(store -> store.values().stream())
            .mapToLong(one -> one.endOffsetPosition() == 0 ? 1_000 : one.offsetLag())
            .sum();
        System.out.println(stores.isEmpty() ? "empty" : lag < 1_000 ? "caughtup" : "lag " + lag);
    }

    private static Properties settings() {
        Properties settings = new Properties();
        System.getenv().forEach((name, value) -> {
            if (name.startsWith("STREAMS_")) {
                String key = name.substring("STREAMS_".length()).toLowerCase(Locale.ROOT).replace('_', '.');
                settings.put(key, value);
            }
        });
        return settings;
    }

    /** failover/topology.ts */
    private static Topology failover() {
        StreamsBuilder builder = new StreamsBuilder();
        builder
            .stream("orders", Consumed.with(Serdes.String(), Serdes.String()))
            .groupByKey(Grouped.with(Serdes.String(), Serdes.String()))
            .reduce((before, now) -> now, Materialized.<String, String, KeyValueStore<Bytes, byte[]>>as("latest"))
            .toStream()
            .to("seen", Produced.with(Serdes.String(), Serdes.String()));
        return builder.build();
    }

    /** takeover-topology.ts */
    private static Topology takeover() {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, Integer> events = builder.stream("events", Consumed.with(Serdes.String(), Serdes.Integer()));
        KGroupedStream<String, Integer> byKey = events.groupByKey(Grouped.with(Serdes.String(), Serdes.Integer()));
        Produced<String, Long> counted = Produced.with(Serdes.String(), Serdes.Long());
        byKey.count(Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>as("counts")).toStream().to("counts", counted);
        byKey
            .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofSeconds(10), Duration.ofDays(1)))
            .count(Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("windows").withRetention(Duration.ofDays(2)))
            .toStream((key, count) -> key.key() + "@" + key.window().start())
            .to("windows", counted);
        byKey
            .windowedBy(SessionWindows.ofInactivityGapAndGrace(Duration.ofSeconds(5), Duration.ofDays(1)))
            .count(Materialized.<String, Long, SessionStore<Bytes, byte[]>>as("visits").withRetention(Duration.ofDays(2)))
            .toStream((key, count) -> key.key() + "@" + key.window().start() + "-" + key.window().end())
            .mapValues(count -> count == null ? 0L : count)
            .to("visits", counted);
        events
            .groupBy((key, value) -> "bucket-" + value % 37, Grouped.with("buckets", Serdes.String(), Serdes.Integer()))
            .count(Materialized.<String, Long, KeyValueStore<Bytes, byte[]>>as("buckets"))
            .toStream()
            .to("buckets", counted);
        return builder.build();
    }
}
