package peers;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import com.sun.management.GarbageCollectionNotificationInfo;

/**
 * peers.Main PEER WORKLOAD FILE MODE WARMUPS REPEATS LIMIT_S
 * Runs the peer with fresh state WARMUPS + REPEATS times in this JVM. One TSV line for the median of the repeats:
 *   workload peer mode events seconds events_per_s matches rss_mb | heap_mb cpu_s min_s max_s full|limit check
 * rss_mb is the process's peak, heap_mb what the heap held after a collection at the run's end (events included).
 */
public final class Main {
    static final AtomicLong afterGc = new AtomicLong();

    static final class Rep {
        Run r;
        double cpu, heap;
    }

    public static void main(String[] a) throws Exception {
        String peer = a[0], workload = a[1], file = a[2], mode = a[3];
        int warm = Integer.parseInt(a[4]), reps = Integer.parseInt(a[5]);
        long limit = (long) (Double.parseDouble(a[6]) * 1e9);
        Run.Engine e;
        switch (peer) {
            case "flink-nfa": e = new FlinkNfa(); break;
            case "flink-job": e = new FlinkJob(); break;
            case "esper-mr": e = new EsperRun(true); break;
            case "esper-pat": e = new EsperRun(false); break;
            case "siddhi": e = new SiddhiRun(false); break;
            case "siddhi-every": e = new SiddhiRun(true); break;
            default: throw new IllegalArgumentException(peer);
        }
        watchGc();
        Input in = new Input(file, mode.equals("engine"));
        com.sun.management.OperatingSystemMXBean os =
                (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        ArrayList<Rep> done = new ArrayList<>();
        for (int i = 0; i < warm + reps; i++) {
            System.gc();
            Thread.sleep(50);
            afterGc.set(0);
            long c0 = os.getProcessCpuTime();
            Run r = e.run(workload, in, limit);
            if (r == null || r.processed == 0) {
                if (r != null) System.err.printf("# %s %s: the live partial matches could not be made in 30 s%n", workload, peer);
                System.out.printf("%s\t%s\t%s\tn/a\tn/a\tn/a\tn/a\tn/a%n", workload, peer, mode);
                System.exit(0);
            }
            Rep rep = new Rep();
            rep.r = r;
            rep.cpu = (os.getProcessCpuTime() - c0) / 1e9;
            System.gc();
            Thread.sleep(50);
            rep.heap = afterGc.get() / 1048576.0;
            if (r.engine != null) r.engine.close();
            r.engine = null;
            System.err.printf("# %s %s %s %s %d: %d events %.3f s, cpu %.2f s, %d matches%s%n", workload, peer, mode,
                    i < warm ? "warm-up" : "repeat", i, r.processed, r.nanos / 1e9, rep.cpu, r.matches, r.limited ? ", limit hit" : "");
            if (i >= warm || r.limited) done.add(rep);
            if (r.limited) break;
        }
        done.sort(Comparator.comparingDouble(x -> (double) x.r.nanos / x.r.processed));
        Rep m = done.get((done.size() - 1) / 2);
        double s = m.r.nanos / 1e9;
        System.out.printf("%s\t%s\t%s\t%d\t%.6f\t%.0f\t%d\t%d\t%.0f\t%.2f\t%.6f\t%.6f\t%s\t%016x%n", workload, peer, mode,
                m.r.processed, s, m.r.processed / s, m.r.matches, peakRss(), m.heap, m.cpu, done.get(0).r.nanos / 1e9,
                done.get(done.size() - 1).r.nanos / 1e9, m.r.limited ? "limit" : "full", m.r.check);
        System.out.flush();
        System.exit(0);
    }

    private static long peakRss() throws Exception {
        for (String l : Files.readAllLines(Paths.get("/proc/self/status")))
            if (l.startsWith("VmHWM")) return Long.parseLong(l.replaceAll("\\D", "")) / 1024;
        return 0;
    }

    private static void watchGc() {
        for (GarbageCollectorMXBean b : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) b).addNotificationListener((n, h) -> {
                if (!n.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) return;
                GarbageCollectionNotificationInfo i = GarbageCollectionNotificationInfo.from((CompositeData) n.getUserData());
                if (!i.getGcCause().equals("System.gc()")) return;
                long used = 0;
                for (Map.Entry<String, java.lang.management.MemoryUsage> m : i.getGcInfo().getMemoryUsageAfterGc().entrySet()) {
                    String p = m.getKey();
                    if (p.contains("Eden") || p.contains("Survivor") || p.contains("Old") || p.contains("Tenured")) used += m.getValue().getUsed();
                }
                afterGc.set(used);
            }, null, null);
        }
    }
}
