using System.Net;
using Actors.AgentLoad.Planning;
using Actors.AgentLoad.Running;
using Actors.AgentLoad.Tests.Workers;
using Actors.AgentLoad.Workers;
using Actors.Cli.Agents.Scale;

namespace Actors.Cli.Tests.Agents;

/// <summary>However a scale test ends, there is a report.</summary>
public sealed class ScaleTestEndTests
{
    private static readonly IPEndPoint[] Hubs = [new(IPAddress.Loopback, 1)];

    private readonly List<FakeWorker> _workers = [];

    [Fact]
    public async Task Parts_that_do_all_they_are_told_pass()
    {
        var report = await RunAsync(static options => new(options) { OnEnd = () => Fine(options) });
        Assert.Empty(report.Problems);
        Assert.Equal((true, 12, 12, 0, 20), (report.Passed, report.Total, report.Pass, report.Fail, report.Updates));
    }

    [Fact]
    public async Task A_process_that_cannot_be_started()
    {
        var report = await RunAsync(static options => options.FirstAgent > 0 ? throw new WorkerException("dotnet", "it could not be started") : new(options) { OnEnd = () => Fine(options) });
        Assert.Equal(["The load process dotnet failed: it could not be started."], report.Problems);
        Assert.Equal((false, 12, 6), (report.Passed, report.Total, report.Fail));
        Assert.Equal([1], _workers.Select(static worker => worker.Disposals));
    }

    [Fact]
    public async Task A_defect_in_a_part()
    {
        var report = await RunAsync(static options => options.FirstAgent > 0
            ? new(options)
            {
                Progress = new() { Updates = 3, BytesRead = 10, Delivered = 3 },
                OnTraffic = static (_, _) => throw new InvalidOperationException("too many sockets"),
                OnEnd = static () => throw new InvalidOperationException("too many sockets"),
            }
            : new(options) { OnEnd = () => Fine(options) });
        Assert.Equal(["It could not go on (InvalidOperationException): too many sockets", "too many sockets"], report.Problems);
        Assert.Equal((false, 6, 13), (report.Passed, report.Fail, report.Updates));
    }

    [Fact]
    public async Task A_load_that_was_the_limit_is_no_pass()
    {
        var report = await RunAsync(static options => new(options) { OnEnd = () => Fine(options) with { BusyShare = 0.99 } });
        Assert.Equal(["The load generator was the limit: a thread of it was busy for 99 % of the traffic (90 % at most)."], report.Problems);
        Assert.Equal((false, true, 0), (report.Passed, report.LoadWasLimit, report.Fail));
    }

    [Fact]
    public async Task What_cannot_be_taken_away_afterwards_is_said_and_no_failure()
    {
        var error = new StringWriter();
        var report = await RunAsync(
            static options => options.FirstAgent > 0 ? throw new WorkerException("dotnet", "it could not be started") : new(options) { OnEnd = () => Fine(options) },
            _ =>
            {
                Assert.Equal([1], _workers.Select(static worker => worker.Disposals)); // nobody is connected any more
                return Task.FromResult<string?>("Ten agents are left.");
            },
            error);
        Assert.Single(report.Problems);
        Assert.Contains("Ten agents are left.", error.ToString(), StringComparison.Ordinal);
    }

    private static LoadResult Fine(LoadOptions options) => new()
    {
        Peers = options.Agents + options.Clients,
        BytesRead = 100,
        Updates = 10,
        TrafficMs = 1_000,
        Checks = new() { Delivered = 10 },
    };

    private Task<ScaleReport> RunAsync(Func<LoadOptions, FakeWorker> make, Func<TimeSpan, Task<string?>>? cleanUp = null, TextWriter? error = null)
    {
        var wish = new ScaleWish
        {
            Hubs = [],
            Plan = LoadPlan.Make(new LoadWish { Hubs = Hubs, Agents = 10, Clients = 2, TunnelsPerClient = 2, Processes = 2, OpenFiles = 20_000 }, new List<string>())!,
            Load = new() { Hubs = Hubs, Agents = 10, Clients = 2, TunnelsPerClient = 2, Seed = 1 },
            Traffic = new(),
            ConnectTimeout = TimeSpan.FromSeconds(1),
            SettleTimeout = TimeSpan.FromSeconds(1),
            Quiet = TimeSpan.FromSeconds(1),
            MaxLateness = TimeSpan.FromSeconds(1),
        };
        var console = new CliConsole(TextWriter.Null, error ?? TextWriter.Null, IsOutputTerminal: false, IsErrorTerminal: false);
        return new ScaleTest(wish, issue: null, cleanUp, Start, console, TimeProvider.System).RunAsync(CancellationToken.None);

        FakeWorker Start(LoadOptions options)
        {
            _workers.Add(make(options));
            return _workers[^1];
        }
    }
}
