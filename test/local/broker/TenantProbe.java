import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Tries with Kafka's own clients what a tenant may and may not do, and prints one line for each try:
 * its name, a tab, and what came of it (a value, or the name of the exception).
 * Arguments: own prefix, foreign prefix. Each has the topics "lines" and "doomed" and the group "readers".
 */
public class TenantProbe {
    interface Attempt {
        Object run() throws Exception;
    }

    public static void main(String[] arguments) {
        String own = arguments[0];
        String foreign = arguments[1];
        try (Admin admin = Admin.create(settings(Map.of()))) {
            tryAdmin(admin, own, foreign);
        }
        tryProducers(own, foreign);
        tryConsumers(own, foreign);
    }

    static void tryAdmin(Admin admin, String own, String foreign) {
        ConfigResource ownTopic = new ConfigResource(ConfigResource.Type.TOPIC, own + "lines");
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry("retention.ms", "1000"), AlterConfigOp.OpType.SET);
        TopicPartition first = new TopicPartition(own + "lines", 0);
        attempt("list topics", () -> new TreeSet<>(admin.listTopics().names().get()));
        attempt("list groups", () -> admin.listGroups().all().get().stream().map(GroupListing::groupId).sorted().toList());
        attempt("create topic", () -> admin.createTopics(List.of(new NewTopic(own + "new", 1, (short) 1))).all().get());
        attempt("create foreign topic", () -> admin.createTopics(List.of(new NewTopic(foreign + "new", 1, (short) 1))).all().get());
        attempt("add partitions", () -> admin.createPartitions(Map.of(own + "lines", NewPartitions.increaseTo(9))).all().get());
        attempt("alter configs", () -> admin.incrementalAlterConfigs(Map.of(ownTopic, List.of(change))).all().get());
        attempt("describe configs", () -> admin.describeConfigs(List.of(ownTopic)).all().get().size());
        attempt("describe topic", () -> partitions(admin, own + "lines"));
        attempt("describe foreign topic", () -> partitions(admin, foreign + "lines"));
        attempt("describe foreign group", () -> admin.describeConsumerGroups(List.of(foreign + "readers")).all().get().size());
        attempt("move foreign group", () -> admin.alterConsumerGroupOffsets(foreign + "readers", Map.of(new TopicPartition(foreign + "lines", 0), new OffsetAndMetadata(0))).all().get());
        attempt("describe acls", () -> admin.describeAcls(AclBindingFilter.ANY).values().get().size());
        attempt("change acls", () -> admin.createAcls(List.of(new AclBinding(new ResourcePattern(ResourceType.TOPIC, own + "lines", PatternType.LITERAL), new AccessControlEntry("User:anyone", "*", AclOperation.READ, AclPermissionType.ALLOW)))).all().get());
        attempt("delete records", () -> admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(0))).all().get());
        attempt("delete topic", () -> admin.deleteTopics(List.of(own + "doomed")).all().get());
        attempt("delete group", () -> admin.deleteConsumerGroups(List.of(own + "readers")).all().get());
    }

    static Object partitions(Admin admin, String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
    }

    static void tryProducers(String own, String foreign) {
        attempt("produce", () -> produce(own + "lines", Map.of("enable.idempotence", "true")));
        attempt("produce to foreign topic", () -> produce(foreign + "lines", Map.of()));
        attempt("produce to missing topic", () -> produce(own + "missing", Map.of("max.block.ms", "1500")));
        attempt("transaction", () -> produceInTransaction(own + "lines", own + "tx"));
        attempt("transaction with foreign id", () -> produceInTransaction(own + "lines", foreign + "tx"));
    }

    static Object produce(String topic, Map<String, String> settings) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings(settings), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, "key", "value")).get();
            return null;
        }
    }

    static Object produceInTransaction(String topic, String id) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings(Map.of("transactional.id", id)), new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, "key", "value")).get();
            producer.commitTransaction();
            return null;
        }
    }

    static void tryConsumers(String own, String foreign) {
        attempt("consume", () -> consume(own + "lines", own + "readers"));
        attempt("consume in ungranted group", () -> consume(own + "lines", own + "others"));
        attempt("consume in foreign group", () -> consume(own + "lines", foreign + "readers"));
        attempt("consume foreign topic", () -> consume(foreign + "lines", own + "readers"));
    }

    /** Reads until something came and commits it. */
    static Object consume(String topic, String group) {
        Properties settings = settings(Map.of("group.id", group, "auto.offset.reset", "earliest"));
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            long deadline = System.currentTimeMillis() + 10_000;
            while (System.currentTimeMillis() < deadline) {
                if (!consumer.poll(Duration.ofMillis(200)).isEmpty()) {
                    consumer.commitSync();
                    return null;
                }
            }
            return "nothing came";
        }
    }

    static void attempt(String name, Attempt attempt) {
        String outcome;
        try {
            Object value = attempt.run();
            outcome = value == null ? "ok" : "ok " + value;
        } catch (ExecutionException e) {
            outcome = e.getCause().getClass().getSimpleName();
        } catch (Exception e) {
            outcome = e.getClass().getSimpleName();
        }
        System.out.println(name + "\t" + outcome);
    }

    static Properties settings(Map<String, String> more) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", System.getenv("KAFKA_URL").replace("kafka+ssl://", ""));
        settings.put("security.protocol", "SSL");
        settings.put("ssl.endpoint.identification.algorithm", "");
        settings.put("ssl.truststore.type", "PEM");
        settings.put("ssl.truststore.certificates", System.getenv("KAFKA_TRUSTED_CERT"));
        settings.put("ssl.keystore.type", "PEM");
        settings.put("ssl.keystore.certificate.chain", System.getenv("KAFKA_CLIENT_CERT"));
        settings.put("ssl.keystore.key", System.getenv("KAFKA_CLIENT_CERT_KEY"));
        settings.put("request.timeout.ms", "4000");
        settings.put("default.api.timeout.ms", "6000");
        settings.put("delivery.timeout.ms", "6000");
        settings.put("max.block.ms", "4000");
        settings.putAll(more);
        return settings;
    }
}
