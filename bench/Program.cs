using System.Runtime.InteropServices;
using Actors.Bench;
using Actors.Bench.Agents;
using Actors.Bench.Agents.Floors;
using Actors.Bench.Grains;
using Actors.Bench.LogLoad;
using Actors.Bench.Report;
using Actors.Bench.Storage;

// scripts/bench NAME [options]: each benchmark prints a table and writes JSON beside it.
var benchmarks = new Dictionary<string, Func<BenchArguments, Task<int>>>(FlavourBenchmarks.All, StringComparer.Ordinal)
{
    ["agents"] = AgentsBenchmark.RunAsync,
    ["agents-floor"] = AgentsFloor.RunAsync, // started by agents, as a process of its own
    ["agents-load"] = Fleet.WorkAsync, // started by agents, as processes of their own
    ["grains"] = GrainsBenchmark.RunAsync,
    ["log"] = LogBenchmark.RunAsync,
    ["partitions"] = PartitionsBenchmark.RunAsync,
    ["recovery"] = RecoveryBenchmark.RunAsync,
    ["slow-prometheus"] = SlowPrometheus.RunAsync, // started by storage, as a process of its own
    ["storage"] = StorageBenchmark.RunAsync,
    ["floor-server"] = FloorServer.RunAsync, // started by log, as a process of its own
};

const string usage = """
    usage: scripts/bench NAME [--option value …]

    Prints a table and writes artifacts/bench/NAME.json with the machine and the commit. NAME is one of:

      agents        the agents' hub beside a bare WebSocket relay and SignalR: connects, memory of a connection, updates at a
                    rate, and as many as go; on three silos: updates at a rate, statements of heartbeats, and how long all
                    need to be back when one silo is killed
                      --scale PERCENT --seconds 10 --part TEXT --seed 1
      log           produce with acks=all, beside a bare TCP loop that syncs and writes as much
                      --seconds 5 --checkpoints 3 --fsync-ms 0 --shape TEXT --floor-only
      grains        grain calls beside bare tasks of the thread pool, grain state, and activations
                      --calls 1000000 --writes 300 --rounds 5 --activations 30000 --fsync-ms 0 --in-flight N --shape TEXT
      partitions    the same load on 10 and on 1,000 partitions; 3,000 idle ones; start, and creation of a topic
                      --seconds 15 --settle 45 --shape TEXT
      cluster       grain calls between two processes beside a framed echo on Kestrel between the same two; how long
                    the grains of a lost silo are away, and what three idle silos cost
                      --calls 40000 --megabytes 128 --rounds 5 --runs 20 --in-flight N --shape TEXT
      recovery      replay of the write-ahead log beside the disk's reading
                      --megabytes 600
      storage       a reconcile of all policies over all volumes with a Prometheus that takes 100 ms for an answer: time, processor
                    time, memory, queries; copies of files on the disk of DIRECTORY: whether they keep their budget and share
                    it, and an application's writes beside one that is paced, one that is not, and none
                      --rounds 50 --pairs 10 --seconds 8 --directory artifacts/bench --shape TEXT

    --fsync-ms makes every sync slower by as many milliseconds, on both sides; --shape runs the rows that contain TEXT.

    """;

if (args is ["--help" or "-h", ..])
{
    Console.Out.Write(usage);
    return 0;
}

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.Write(usage);
    return 2;
}

// Ctrl-C ends the servers under test too; they end with this process.
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, static _ => Environment.Exit(130));
try
{
    return await run(new BenchArguments(args[1..]));
}
catch (BenchArgumentException mistake)
{
    Console.Error.WriteLine(mistake.Message);
    return 2;
}
