using System.Net;
using Actors.AgentLoad.Planning;
using Actors.AgentLoad.Running;
using Actors.AgentLoad.Workers;

namespace Actors.AgentLoad.Tests.Workers;

public sealed class LoadFleetTests : IAsyncDisposable
{
    private static readonly IPEndPoint[] Hubs = [new(IPAddress.Loopback, 1)];

    private static readonly LoadPlan Plan = LoadPlan.Make(
        new LoadWish { Hubs = Hubs, Agents = 30, Clients = 5, TunnelsPerClient = 2, Processes = 3, OpenFiles = 20_000 }, new List<string>())!;

    private static readonly LoadOptions Load = new() { Hubs = Hubs, Agents = 30, Clients = 5, TunnelsPerClient = 2, Seed = 1, DialsPerSecond = 300, MaxDials = 2 };

    private readonly LoadFleet _fleet = new(Plan, Load);
    private readonly List<FakeWorker> _workers = [];

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public void Each_part_gets_its_share()
    {
        Start(static options => new(options));
        Assert.Equal([(0, 10), (10, 10), (20, 10)], _workers.Select(static worker => (worker.Options.FirstAgent, worker.Options.Agents)));
        Assert.Equal((5, 100, 1), (_workers.Sum(static worker => worker.Options.Clients), _workers[0].Options.DialsPerSecond, _workers[0].Options.MaxDials));
    }

    [Fact]
    public async Task All_say_yes_or_it_is_no()
    {
        Start(static options => new(options));
        Assert.True(await _fleet.ConnectAsync(Guard.Limit, CancellationToken.None));
        var other = new LoadFleet(Plan, Load);
        other.Start(static (number, options) => new FakeWorker(options) { IsConnected = number != 1 }, CancellationToken.None);
        Assert.False(await other.ConnectAsync(Guard.Limit, CancellationToken.None));
    }

    [Fact]
    public async Task When_one_fails_the_others_cease_and_what_all_did_is_known()
    {
        Start(static options => options.FirstAgent == 10
            ? new(options)
            {
                Progress = new() { Updates = 7, Delivered = 6, Connections = 11, BytesRead = 1_000, Failures = 2 },
                OnTraffic = static (_, _) => throw new WorkerException("2", "it ended"),
                OnEnd = static () => throw new WorkerException("2", "it ended"),
            }
            : new(options)
            {
                OnTraffic = static (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token),
                OnEnd = static () => new() { Peers = 12, Updates = 100, Connections = 12, BytesRead = 5_000 },
            });
        await Assert.ThrowsAsync<WorkerException>(() => _fleet.TrafficAsync(new Traffic(), CancellationToken.None).WaitAsync(Guard.Limit));

        var problems = new List<string> { "The load process 2 failed: it ended." };
        var result = await _fleet.EndAsync(TimeSpan.Zero, problems);
        Assert.Single(problems);
        Assert.Equal((24, 207, 35, 11_000), (result.Peers, result.Updates, result.Connections, result.BytesRead));
        Assert.Equal((6, 2), (result.Checks.Delivered, result.FailureCounts["unreported"]));
        Assert.All(_workers, static worker => Assert.Equal(1, worker.Disposals));
    }

    [Fact]
    public async Task Those_that_were_started_before_one_could_not_be_are_ended()
    {
        Assert.Throws<WorkerException>(() => Start(static options => options.FirstAgent == 20 ? throw new WorkerException("sh", "it could not be started") : new(options)));
        await _fleet.EndAsync(TimeSpan.Zero, new List<string>());
        Assert.Equal([1, 1], _workers.Select(static worker => worker.Disposals));
    }

    [Fact]
    public void No_other_is_started_after_an_interruption()
    {
        using var interrupt = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => _fleet.Start(
            (_, options) =>
            {
                interrupt.Cancel();
                _workers.Add(new FakeWorker(options));
                return _workers[^1];
            },
            interrupt.Token));
        Assert.Single(_workers);
    }

    private void Start(Func<LoadOptions, FakeWorker> make) => _fleet.Start(
        (_, options) =>
        {
            _workers.Add(make(options));
            return _workers[^1];
        },
        CancellationToken.None);
}
