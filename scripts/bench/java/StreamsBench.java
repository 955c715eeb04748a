import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Joined;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.WindowedSerdes;
import org.apache.kafka.streams.processor.StateRestoreListener;

/** The peer of scripts/bench/streams/topology.ts, with the same config vars. It runs until it is killed. */
public final class StreamsBench {
    private static final Serde<String> TEXT = Serdes.String();
    private static final long WINDOW_MS = 60_000;

    /** What the JSON case reads, and what it writes. */
    public record Reading(String identifier, long timestamp, double valueInW) { }

    public record Converted(String identifier, long timestamp, double valueInW, double valueInKW) { }

    public static void main(String[] args) {
        Map<String, String> vars = System.getenv();
        KafkaStreams streams = new KafkaStreams(topology(vars.get("BENCH_CASE"), vars.get("BENCH_OUT")), settings(vars));
        streams.setGlobalStateRestoreListener(new Told());
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
            return null;
        });
        streams.start();
    }

    private static Properties settings(Map<String, String> vars) {
        Properties settings = new Properties();
        String url = vars.get("KAFKA_URL");
        settings.put("bootstrap.servers", url.replaceAll("kafka(\\+ssl)?://", ""));
        if (url.startsWith("kafka+ssl://")) {
            settings.put("security.protocol", "SSL");
            settings.put("ssl.endpoint.identification.algorithm", "");
            settings.put("ssl.truststore.type", "PEM");
            settings.put("ssl.truststore.certificates", vars.get("KAFKA_TRUSTED_CERT"));
            settings.put("ssl.keystore.type", "PEM");
            settings.put("ssl.keystore.certificate.chain", vars.get("KAFKA_CLIENT_CERT"));
            settings.put("ssl.keystore.key", vars.get("KAFKA_CLIENT_CERT_KEY"));
        }
        vars.forEach((name, value) -> {
            if (name.startsWith("STREAMS_")) settings.put(name.substring("STREAMS_".length()).toLowerCase(Locale.ROOT).replace('_', '.'), value);
        });
        return settings;
    }

    private static Topology topology(String what, String out) {
        StreamsBuilder builder = new StreamsBuilder();
        if (what.equals("passthrough")) {
            builder.stream("in", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .to(out, Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
        } else if (what.equals("json")) {
            builder.stream("in", Consumed.with(TEXT, json(Reading.class)))
                .mapValues(in -> new Converted(in.identifier(), in.timestamp(), in.valueInW(), in.valueInW() / 1000))
                .to(out, Produced.with(TEXT, json(Converted.class)));
        } else {
            texts(builder, out, builder.stream(what.equals("restore") ? "quiet" : "in", Consumed.with(TEXT, TEXT)), what);
        }
        return builder.build();
    }

    private static void texts(StreamsBuilder builder, String out, KStream<String, String> in, String what) {
        switch (what) {
            case "mapValues" -> in.mapValues(value -> value.toUpperCase(Locale.ROOT)).to(out, Produced.with(TEXT, TEXT));
            case "count" -> in.groupByKey(Grouped.with(TEXT, TEXT)).count(Materialized.as("store"))
                .toStream().to(out, Produced.with(TEXT, Serdes.Long()));
            case "windowed count" -> in.groupByKey(Grouped.with(TEXT, TEXT))
                .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(WINDOW_MS)))
                .count(Materialized.as("store"))
                .toStream().to(out, Produced.with(WindowedSerdes.timeWindowedSerdeFrom(String.class, WINDOW_MS), Serdes.Long()));
            case "join" -> {
                KTable<String, String> users = builder.table("users", Consumed.with(TEXT, TEXT), Materialized.as("store"));
                in.leftJoin(users, (value, user) -> value + user, Joined.with(TEXT, TEXT, TEXT)).to(out, Produced.with(TEXT, TEXT));
            }
            case "restore" -> in.groupByKey(Grouped.with(TEXT, TEXT)).reduce((before, value) -> value, Materialized.as("store"))
                .toStream().to(out, Produced.with(TEXT, TEXT));
            default -> throw new IllegalArgumentException(what);
        }
    }

    private static <T> Serde<T> json(Class<T> type) {
        ObjectMapper mapper = new ObjectMapper();
        return Serdes.serdeFrom(
            (topic, value) -> {
                try {
                    return mapper.writeValueAsBytes(value);
                } catch (IOException error) {
                    throw new UncheckedIOException(error);
                }
            },
            (topic, bytes) -> {
                try {
                    return mapper.readValue(bytes, type);
                } catch (IOException error) {
                    throw new UncheckedIOException(error);
                }
            });
    }

    private static final class Told implements StateRestoreListener {
        @Override
        public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
            System.out.println("restore begins " + partition);
        }

        @Override
        public void onBatchRestored(TopicPartition partition, String store, long offset, long records) { }

        @Override
        public void onRestoreEnd(TopicPartition partition, String store, long records) {
            System.out.println("restore ends " + partition);
        }
    }
}
