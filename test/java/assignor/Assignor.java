import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.assignment.AssignmentConfigs;
import org.apache.kafka.streams.processor.assignment.ProcessId;
import org.apache.kafka.streams.processor.internals.StreamsPartitionAssignor;
import org.apache.kafka.streams.processor.internals.assignment.ClientState;
import org.apache.kafka.streams.processor.internals.assignment.HighAvailabilityTaskAssignor;
import org.apache.kafka.streams.processor.internals.assignment.RackAwareTaskAssignor;

/**
 * Prints random groups, one a line, and how Kafka Streams' own classes assign their tasks:
 * to processes (HighAvailabilityTaskAssignor), then to threads (StreamsPartitionAssignor.assignTasksToThreads).
 *
 *   java -cp ... Assignor SEED GROUPS
 *
 * Each group lives through several rebalances: members come and go, stores grow, state stays behind on disks.
 */
public final class Assignor {
    private static final long RUNS_HERE = -2;
    private static final long UNKNOWN = -3;
    private static final Method TO_THREADS = threadAssignment();

    private final Random random;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Process> processes = new ArrayList<>();
    private final TreeMap<TaskId, Long> ends = new TreeMap<>();
    private final TreeSet<TaskId> stateless = new TreeSet<>();
    private final List<String> tagKeys = new ArrayList<>();
    private AssignmentConfigs configs;
    private int born = 0;

    private Assignor(final long seed) {
        random = new Random(seed);
    }

    public static void main(final String[] args) throws Exception {
        final long seed = Long.parseLong(args[0]);
        for (int group = 0; group < Integer.parseInt(args[1]); group++) {
            new Assignor(seed + group).live();
        }
    }

    private void live() throws Exception {
        chooseSettings();
        chooseTasks();
        final int start = 1 + random.nextInt(random.nextInt(4) == 0 ? 12 : 5);
        for (int at = 0; at < start; at++) {
            processes.add(new Process());
        }
        if (random.nextInt(3) == 0) {
            processes.forEach(Process::scatter);
        }
        final int rebalances = 1 + random.nextInt(6);
        for (int at = 0; at < rebalances; at++) {
            rebalance();
            change();
        }
    }

    private void chooseSettings() {
        final long[] lags = {0, 0, 100, 10_000, 10_000, 10_000, Long.MAX_VALUE};
        final long lag = lags[random.nextInt(lags.length)];
        final int warmups = 1 + random.nextInt(random.nextBoolean() ? 2 : 6);
        final int standbys = random.nextInt(4);
        final String[] keys = {"zone", "cluster", "rack"};
        final int tags = random.nextInt(2) * random.nextInt(4);
        for (int at = 0; at < tags; at++) {
            tagKeys.add(keys[at]);
        }
        // some tags are set and not asked for, some asked for and set by few
        final List<String> asked = tagKeys.stream().filter(key -> random.nextInt(5) > 0).collect(Collectors.toList());
        configs = new AssignmentConfigs(lag, warmups, standbys, 600_000L, asked,
            OptionalInt.empty(), OptionalInt.empty(), "none");
        settings.put("standbyReplicas", "" + standbys);
        settings.put("acceptableRecoveryLag", lag == Long.MAX_VALUE ? "null" : "" + lag);
        settings.put("maxWarmupReplicas", "" + warmups);
        settings.put("rackAwareTags", list(asked));
    }

    private void chooseTasks() {
        final int groups = 1 + random.nextInt(4);
        for (int group = 0; group < groups; group++) {
            final int partitions = 1 + random.nextInt(random.nextInt(5) == 0 ? 40 : 12);
            final boolean isStateful = random.nextInt(3) > 0;
            for (int partition = 0; partition < partitions; partition++) {
                final TaskId task = new TaskId(group, partition);
                if (isStateful) {
                    ends.put(task, (long) random.nextInt(random.nextBoolean() ? 300 : 50_000));
                } else {
                    stateless.add(task);
                }
            }
        }
    }

    private void change() {
        ends.replaceAll((task, end) -> end + random.nextInt(random.nextBoolean() ? 10 : 20_000));
        for (final Process process : processes) {
            process.catchUp();
        }
        final int what = random.nextInt(6);
        if (what == 0 && processes.size() > 1) {
            processes.remove(random.nextInt(processes.size()));
        } else if (what == 1) {
            processes.add(new Process());
        } else if (what == 2) {
            final Process restarted = processes.get(random.nextInt(processes.size()));
            restarted.restart(random.nextBoolean());
        } else if (what == 3) {
            processes.get(random.nextInt(processes.size())).threads.add(new Thread(++born));
        }
        Collections.shuffle(processes, random);
    }

    private void rebalance() throws Exception {
        final Map<ProcessId, ClientState> states = new HashMap<>();
        final Map<ProcessId, SortedSet<String>> consumers = new HashMap<>();
        for (final Process process : processes) {
            final ClientState state = new ClientState(process.id, process.tags);
            consumers.put(process.id, new TreeSet<>());
            for (final Thread thread : process.threads) {
                state.incrementCapacity();
                state.addPreviousTasksAndOffsetSums(thread.name, thread.sums);
                consumers.get(process.id).add(thread.name);
            }
            state.initializePrevTasks(Map.of(), false);
            state.computeTaskLags(process.id, ends);
            states.put(process.id, state);
        }
        final Set<TaskId> all = new HashSet<>(ends.keySet());
        all.addAll(stateless);
        final RackAwareTaskAssignor racks = new RackAwareTaskAssignor(
            Cluster.empty(), Map.of(), Map.of(), Map.of(), Map.<ProcessId, Map<String, Optional<String>>>of(),
            null, configs, Time.SYSTEM);
        final String before = input();
        final boolean probing = new HighAvailabilityTaskAssignor()
            .assign(states, all, new HashSet<>(ends.keySet()), racks, configs);
        final List<String> told = new ArrayList<>();
        for (final Process process : processes) {
            final ClientState state = states.get(process.id);
            final Map<String, Integer> load = new HashMap<>();
            final SortedSet<String> names = consumers.get(process.id);
            final Map<String, List<TaskId>> active = toThreads(state.statefulActiveTasks(), true, names, state, load);
            final Map<String, List<TaskId>> standby = toThreads(state.standbyTasks(), true, names, state, load);
            final Map<String, List<TaskId>> rest = toThreads(state.statelessActiveTasks(), false, names, state, load);
            for (final Thread thread : process.threads) {
                told.add(quote(thread.name) + ":" + tasks(active.get(thread.name), rest.get(thread.name), standby.get(thread.name)));
                thread.take(active.get(thread.name), standby.get(thread.name));
            }
        }
        System.out.println("{" + before + ",\"probing\":" + probing + ",\"java\":{" + String.join(",", told) + "}}");
    }

    private String input() {
        final String given = settings.entrySet().stream()
            .map(entry -> quote(entry.getKey()) + ":" + entry.getValue()).collect(Collectors.joining(","));
        final List<String> members = new ArrayList<>();
        for (final Process process : processes) {
            for (final Thread thread : process.threads) {
                members.add("{\"process\":" + quote(process.id.toString()) + ",\"member\":" + quote(thread.name)
                    + ",\"tags\":" + texts(process.tags) + ",\"sums\":" + numbers(thread.sums) + "}");
            }
        }
        return "\"settings\":{" + given + "},\"ends\":" + numbers(ends)
            + ",\"stateless\":" + list(stateless.stream().map(TaskId::toString).collect(Collectors.toList()))
            + ",\"members\":[" + String.join(",", members) + "]";
    }

    private final class Process {
        final ProcessId id = new ProcessId(new UUID(random.nextLong(), random.nextLong()));
        final Map<String, String> tags = new TreeMap<>();
        final List<Thread> threads = new ArrayList<>();

        Process() {
            for (final String key : tagKeys) {
                if (random.nextInt(12) > 0) {
                    tags.put(key, key + random.nextInt(3));
                }
            }
            final int count = 1 + random.nextInt(random.nextBoolean() ? 1 : 4);
            for (int at = 0; at < count; at++) {
                threads.add(new Thread(++born));
            }
        }

        /** State of any age lies here and there, as after long trouble. */
        void scatter() {
            for (final Thread thread : threads) {
                ends.forEach((task, end) -> {
                    if (random.nextInt(4) == 0) {
                        final long[] sums = {RUNS_HERE, UNKNOWN, 0, end, end + 5, end / 2, Math.max(0, end - 50)};
                        thread.sums.put(task, sums[random.nextInt(sums.length)]);
                    }
                });
            }
        }

        void catchUp() {
            for (final Thread thread : threads) {
                thread.sums.replaceAll((task, sum) -> {
                    if (sum < 0 || random.nextInt(4) == 0) {
                        return sum;
                    }
                    return random.nextBoolean() ? ends.getOrDefault(task, 0L) : (sum + ends.getOrDefault(task, 0L)) / 2;
                });
            }
        }

        void restart(final boolean keepsDisk) {
            final Map<TaskId, Long> disk = new TreeMap<>();
            threads.forEach(thread -> disk.putAll(thread.sums));
            final int count = threads.size();
            threads.clear();
            for (int at = 0; at < count; at++) {
                threads.add(new Thread(++born));
            }
            if (keepsDisk) {
                disk.replaceAll((task, sum) -> sum < 0 ? ends.getOrDefault(task, 0L) - random.nextInt(3) : sum);
                threads.get(0).sums.putAll(disk);
            }
        }
    }

    private static final class Thread {
        final String name;
        final Map<TaskId, Long> sums = new TreeMap<>();

        Thread(final int number) {
            name = "t" + number;
        }

        /** What it is given it runs from now on; what it had is left behind on the disk, and nobody tells of it. */
        void take(final List<TaskId> active, final List<TaskId> standby) {
            final Map<TaskId, Long> before = new TreeMap<>(sums);
            sums.clear();
            active.forEach(task -> sums.put(task, RUNS_HERE));
            standby.forEach(task -> sums.put(task, Math.max(0, before.getOrDefault(task, 0L))));
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, List<TaskId>> toThreads(final Collection<TaskId> tasks, final boolean isStateful,
            final SortedSet<String> consumers, final ClientState state, final Map<String, Integer> load) throws Exception {
        return (Map<String, List<TaskId>>) TO_THREADS.invoke(null, tasks, isStateful, consumers, state, load);
    }

    private static Method threadAssignment() {
        try {
            final Method method = StreamsPartitionAssignor.class.getDeclaredMethod("assignTasksToThreads",
                Collection.class, boolean.class, SortedSet.class, ClientState.class, Map.class);
            method.setAccessible(true);
            return method;
        } catch (final NoSuchMethodException error) {
            throw new IllegalStateException(error);
        }
    }

    private static String tasks(final List<TaskId> stateful, final List<TaskId> stateless, final List<TaskId> standby) {
        final TreeSet<TaskId> active = new TreeSet<>(stateful);
        active.addAll(stateless);
        return "[" + names(active) + "," + names(new TreeSet<>(standby)) + "]";
    }

    private static String names(final Collection<TaskId> tasks) {
        return list(tasks.stream().map(TaskId::toString).collect(Collectors.toList()));
    }

    private static String list(final List<String> texts) {
        return "[" + texts.stream().map(Assignor::quote).collect(Collectors.joining(",")) + "]";
    }

    private static String numbers(final Map<TaskId, Long> map) {
        return "{" + map.entrySet().stream().map(entry -> quote(entry.getKey().toString()) + ":" + entry.getValue())
            .collect(Collectors.joining(",")) + "}";
    }

    private static String texts(final Map<String, String> map) {
        return "{" + map.entrySet().stream().map(entry -> quote(entry.getKey()) + ":" + quote(entry.getValue()))
            .collect(Collectors.joining(",")) + "}";
    }

    private static String quote(final String text) {
        return '"' + text + '"';
    }
}
