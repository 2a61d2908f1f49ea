using System.CommandLine;
using Actors.Cli.Cluster;

namespace Actors.Cli.Bench;

/// <summary><c>actors bench …</c>: what the arguments are, and what is made ready before a run.</summary>
internal static class BenchCommand
{
    private const long FillMessages = 100_000;
    private static readonly TimeSpan DefaultDuration = TimeSpan.FromSeconds(10);

    /// <summary>Thousands of connections that are dialled at once wait for each other.</summary>
    private static readonly TimeSpan PatientConnectTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The command with its subcommands.</summary>
    public static Command Create(GlobalOptions global, CliConsole console, TimeProvider time) =>
        new("bench", "Measures a cluster from outside.")
        {
            CreateProduce(global, console, time),
            CreateFetch(global, console, time),
            CreateIdle(global, console, time),
        };

    private static Command CreateProduce(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var options = new BenchOptions(defaultConnections: 1, defaultOutstanding: 64);
        var command = new Command("produce", "Produces with a fixed number of requests in flight; prints throughput and latencies.");
        options.AddCommonTo(command);
        options.AddMessagesTo(command);
        command.SetAction(async (arguments, token) =>
        {
            var target = options.ReadTarget(arguments, global);
            target = target with { Duration = target.Duration ?? (target.Messages is null ? DefaultDuration : null) };
            var shape = options.ReadShape(arguments);
            await using var cluster = await ClusterClient.ConnectAsync(target.Bootstrap, ProduceBench.ConnectionOptions(target, shape), time, token);
            var (topic, _) = await BenchTopic.EnsureAsync(cluster, target, partitionsWhenNew: 1, time, token);
            var report = await new ProduceBench(cluster, topic, target, shape, time).RunAsync(console, token);
            return BenchViews.Write(console, global.ReadFormat(arguments), report);
        });
        return command;
    }

    private static Command CreateFetch(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var options = new BenchOptions(defaultConnections: 1, defaultOutstanding: 16);
        var command = new Command("fetch", "Reads a topic from start to end and checks that nothing is missing; an empty or missing topic is filled first.");
        options.AddCommonTo(command);
        options.AddMessagesTo(command);
        command.SetAction(async (arguments, token) =>
        {
            var target = options.ReadTarget(arguments, global);
            var shape = options.ReadShape(arguments);
            await using var cluster = await ClusterClient.ConnectAsync(target.Bootstrap, ProduceBench.ConnectionOptions(target, shape), time, token);
            var (topic, _) = await BenchTopic.EnsureAsync(cluster, target, partitionsWhenNew: 1, time, token);
            if (await IsEmptyAsync(cluster, topic, token))
            {
                var fill = target with { Duration = null, Messages = target.Messages ?? FillMessages, MinThroughput = null };
                var filled = await new ProduceBench(cluster, topic, fill, shape, time).RunAsync(console, token);
                if (!filled.Passed)
                {
                    throw new CliException($"Topic '{topic.Name}' is empty and could not be filled: {string.Join(", ", filled.Errors.Keys)}. See the broker's log.");
                }
            }

            var report = await new FetchBench(cluster, topic, target, time).RunAsync(console, token);
            return BenchViews.Write(console, global.ReadFormat(arguments), report);
        });
        return command;
    }

    private static Command CreateIdle(GlobalOptions global, CliConsole console, TimeProvider time)
    {
        var options = new BenchOptions(defaultConnections: 1000, defaultOutstanding: 1);
        var command = new Command(
            "idle",
            "Holds connections open that wait for records which do not come, and shows what that costs a silo. "
            + "With --size, --batch, --acks or --min-throughput a producer works beside them, on one connection to a topic of its own.");
        options.AddCommonTo(command);
        command.SetAction(async (arguments, token) =>
        {
            var target = options.ReadTarget(arguments, global);
            var duration = target.Duration ?? DefaultDuration;
            var shape = options.ReadShape(arguments);
            var connection = ProduceBench.ConnectionOptions(target, shape) with { ConnectTimeout = PatientConnectTimeout };
            await using var cluster = await ClusterClient.ConnectAsync(target.Bootstrap, connection, time, token);
            var (topic, _) = await BenchTopic.EnsureAsync(cluster, target, partitionsWhenNew: 1, time, token);
            ProduceBench? producer = null;
            if (options.IsProducerAskedFor(arguments))
            {
                var active = target with { Topic = $"{target.Topic}-active", Partitions = null, Connections = 1, Duration = duration };
                var (activeTopic, _) = await BenchTopic.EnsureAsync(cluster, active, partitionsWhenNew: 1, time, token);
                producer = new ProduceBench(cluster, activeTopic, active, shape, time);
            }

            var (meter, reasons) = await ServerMeter.FindAsync(cluster, global.ReadHttp(arguments), time, token);
            using (meter)
            {
                var run = producer is null ? (Func<Task<ProduceReport>>?)null : () => producer.RunAsync(console: null, token);
                var report = await new IdleBench(cluster, topic, target, duration, time).RunAsync(console, meter, run, token);
                foreach (var reason in reasons)
                {
                    console.Error.WriteLine($"What it costs the broker is not known: {reason}");
                }

                return BenchViews.Write(console, global.ReadFormat(arguments), report);
            }
        });
        return command;
    }

    private static async Task<bool> IsEmptyAsync(ClusterClient cluster, TopicMetadata topic, CancellationToken token)
    {
        var starts = await OffsetClient.ListAsync(cluster, topic, OffsetClient.Earliest, token);
        var ends = await OffsetClient.ListAsync(cluster, topic, OffsetClient.Latest, token);
        return starts.SequenceEqual(ends);
    }
}
