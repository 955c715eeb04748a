import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;

/** The peer of scripts/bench/dsl/run-driver.ts: same topologies, same records, same line at the end. */
public final class DriverBench {
    private static final int KEYS = 1000;
    private static final int READ_EVERY = 1000;

    public static void main(String[] args) {
        boolean isCount = args[0].equals("count");
        long warmUp = Long.parseLong(args[1]);
        long records = Long.parseLong(args[2]);
        run(isCount, warmUp);
        com.sun.management.OperatingSystemMXBean system =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long begun = System.nanoTime();
        long read = run(isCount, records);
        long wall = System.nanoTime() - begun;
        cpu = system.getProcessCpuTime() - cpu;
        System.out.printf(Locale.ROOT, "{\"records\":%d,\"read\":%d,\"wallMs\":%.1f,\"cpuMs\":%.1f}%n",
            records, read, wall / 1e6, cpu / 1e6);
    }

    private static long run(boolean isCount, long records) {
        StreamsBuilder builder = new StreamsBuilder();
        Deserializer<?> values = isCount ? new LongDeserializer() : new StringDeserializer();
        if (isCount) {
            builder.stream("in", Consumed.with(Serdes.String(), Serdes.String()))
                .groupByKey()
                .count(Materialized.as(Stores.inMemoryKeyValueStore("counts")))
                .toStream()
                .to("out", Produced.with(Serdes.String(), Serdes.Long()));
        } else {
            builder.stream("in", Consumed.with(Serdes.String(), Serdes.String()))
                .filter((key, value) -> value.length() > 3)
                .mapValues(value -> value + "!")
                .to("out", Produced.with(Serdes.String(), Serdes.String()));
        }
        Properties config = new Properties();
        config.put("application.id", "bench");
        config.put("bootstrap.servers", "unused:1");
        config.put("default.key.serde", Serdes.StringSerde.class.getName());
        config.put("default.value.serde", Serdes.StringSerde.class.getName());
        long read = 0;
        try (TopologyTestDriver driver = new TopologyTestDriver(builder.build(), config)) {
            TestInputTopic<String, String> in =
                driver.createInputTopic("in", new StringSerializer(), new StringSerializer());
            TestOutputTopic<String, ?> out = driver.createOutputTopic("out", new StringDeserializer(), values);
            for (long index = 0; index < records; index++) {
                in.pipeInput("key-" + index % KEYS, "value " + index, index);
                if (index % READ_EVERY == READ_EVERY - 1) read += out.readRecordsToList().size();
            }
            read += out.readRecordsToList().size();
        }
        return read;
    }
}
