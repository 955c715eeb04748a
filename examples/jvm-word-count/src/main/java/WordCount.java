import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Counts the words of a topic, with Kafka Streams. It creates no topic and no group: on a basic plan Heroku would
 * not let it. Weirkeeper has made them, and has put every setting into a config var.
 *
 * <pre>
 *   java WordCount              runs until SIGTERM
 *   java WordCount --describe   prints Topology#describe(), without prefix, for the manifest
 * </pre>
 */
public class WordCount {
    private static final Pattern WORD = Pattern.compile("\\p{L}+");
    /** Heroku kills a dyno 30 seconds after SIGTERM. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(25);
    private static final Set<KafkaStreams.State> ENDINGS =
        EnumSet.of(KafkaStreams.State.PENDING_ERROR, KafkaStreams.State.ERROR, KafkaStreams.State.NOT_RUNNING);

    public static void main(String[] arguments) throws InterruptedException {
        if (List.of(arguments).contains("--describe")) {
            System.out.print(topology("").describe());
            return;
        }
        // Before the first logger: every setting of every client is a line of INFO otherwise.
        System.getProperties().putIfAbsent("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        Map<String, String> vars = System.getenv();
        run(topology(vars.getOrDefault("KAFKA_PREFIX", "")), settings(vars));
    }

    static Topology topology(String prefix) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(prefix + "jvm-lines", Consumed.with(Serdes.String(), Serdes.String()))
            .flatMapValues(line -> WORD.matcher(line.toLowerCase(Locale.ROOT)).results().map(MatchResult::group).toList())
            .groupBy((key, word) -> word, Grouped.with("by-word", Serdes.String(), Serdes.String()))
            .count(Materialized.as("counts"))
            .toStream()
            .to(prefix + "jvm-word-counts", Produced.with(Serdes.String(), Serdes.Long()));
        return builder.build();
    }

    static void run(Topology topology, Properties settings) throws InterruptedException {
        KafkaStreams streams = new KafkaStreams(topology, settings);
        CountDownLatch stopped = new CountDownLatch(1);
        streams.setStateListener((now, before) -> {
            System.out.println("state " + before + " -> " + now);
            if (ENDINGS.contains(now)) stopped.countDown();
        });
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        // Leaving the group hands the tasks over at once; otherwise the others wait for session.timeout.ms.
        CloseOptions leaving = CloseOptions.timeout(CLOSE_WITHIN).withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(leaving)));
        streams.start();
        stopped.await();
        // A crash must show: the dyno ends, and Heroku starts it again. The hook closes what still runs.
        if (streams.state() != KafkaStreams.State.NOT_RUNNING) System.exit(1);
    }

    /** STREAMS_NUM_STREAM_THREADS is num.stream.threads, and so on; where Kafka is, the add-on's config vars say. */
    static Properties settings(Map<String, String> vars) {
        Properties settings = new Properties();
        // A dyno's disk is its own; the usual place in /tmp would be shared by dynos that run on one machine.
        settings.put("state.dir", Path.of("state").toAbsolutePath().toString());
        // kafka+ssl://host:port,... as Heroku writes it. Its certificates do not carry the brokers' host names.
        settings.put("bootstrap.servers", need(vars, "KAFKA_URL").replaceAll("kafka(\\+ssl)?://", ""));
        if (vars.get("KAFKA_URL").startsWith("kafka+ssl://")) {
            settings.put("security.protocol", "SSL");
            settings.put("ssl.endpoint.identification.algorithm", "");
            settings.put("ssl.truststore.type", "PEM");
            settings.put("ssl.truststore.certificates", need(vars, "KAFKA_TRUSTED_CERT"));
            settings.put("ssl.keystore.type", "PEM");
            settings.put("ssl.keystore.certificate.chain", need(vars, "KAFKA_CLIENT_CERT"));
            settings.put("ssl.keystore.key", need(vars, "KAFKA_CLIENT_CERT_KEY"));
        }
        need(vars, "STREAMS_APPLICATION_ID");
        vars.forEach((name, value) -> {
            if (name.startsWith("STREAMS_")) settings.put(name.substring("STREAMS_".length()).toLowerCase(Locale.ROOT).replace('_', '.'), value);
        });
        return settings;
    }

    static String need(Map<String, String> vars, String name) {
        String value = vars.get(name);
        if (value == null || value.isEmpty()) {
            System.err.println("WordCount: config var " + name + " is not set. Run: weir apply -f manifests/jvm-word-count.yaml");
            System.exit(2);
        }
        return value;
    }
}
