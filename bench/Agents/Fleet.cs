using System.Net;
using System.Reflection;
using Actors.AgentLoad.Planning;
using Actors.AgentLoad.Running;
using Actors.AgentLoad.Workers;
using Actors.Bench.Report;

namespace Actors.Bench.Agents;

/// <summary>
/// Agents, and clients with tunnels to ten of them each, in processes of their own, which are spread and judge as those of
/// <c>actors agents scaletest</c>. The benchmark gives the orders itself: it kills a silo between them.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const int Processes = 3;
    private const int TunnelsPerClient = 10;
    private const int MaxFailures = 20;
    private const double DialsPerSecond = 1_500;
    private static readonly IPAddress[] Sources = [.. Enumerable.Range(2, Processes).Select(static number => new IPAddress([127, 0, 0, (byte)number]))];
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(150);

    /// <summary>So long may it take until all is consistent after a silo's death.</summary>
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(1);

    private readonly LoadFleet _fleet;

    private Fleet(LoadFleet fleet) => _fleet = fleet;

    /// <summary>How far all of it is; up to half a second old.</summary>
    public LoadProgress Progress => _fleet.Progress;

    /// <summary>The process of a part of the fleet: takes orders until its input ends.</summary>
    public static Task<int> WorkAsync(BenchArguments arguments)
    {
        arguments.RefuseRest();
        return WorkerProgram.RunAsync(Console.In, Console.Out, TimeProvider.System);
    }

    /// <summary>Connects everybody, and waits until everybody knows of everybody with whom it has a tunnel.</summary>
    /// <param name="ports">Where the hubs listen on 127.0.0.1.</param>
    /// <param name="areApart">The hubs know nothing of each other, so that each process keeps to one of them.</param>
    /// <param name="agents">How many; there are a tenth as many clients, so that each agent has one tunnel.</param>
    /// <param name="seed">Makes the ids.</param>
    public static async Task<Fleet> StartAsync(IReadOnlyList<int> ports, bool areApart, int agents, int seed)
    {
        IPEndPoint[] hubs = [.. ports.Select(static port => new IPEndPoint(IPAddress.Loopback, port))];
        var mistakes = new List<string>();
        var clients = agents / TunnelsPerClient;
        var plan = LoadPlan.Make(
            new LoadWish
            {
                Hubs = hubs,
                Agents = agents,
                Clients = clients,
                TunnelsPerClient = TunnelsPerClient,
                Processes = Processes,
                Sources = Sources,
                OpenFiles = OpenFiles.ReadLimit(),
            },
            mistakes) ?? throw new BenchArgumentException(string.Join('\n', mistakes));
        var load = new LoadOptions
        {
            Hubs = hubs,
            Agents = agents,
            Clients = clients,
            TunnelsPerClient = TunnelsPerClient,
            Seed = (ulong)seed,
            DialsPerSecond = DialsPerSecond,
            LostAfter = LostAfter,
            MaxFailures = MaxFailures,
        };
        var fleet = new Fleet(new LoadFleet(plan, load));
        try
        {
            fleet._fleet.Start(
                (number, options) => ProcessWorker.Start(
                    ["dotnet", Assembly.GetExecutingAssembly().Location, "agents-load"],
                    areApart ? options with { Hubs = [hubs[number % hubs.Length]] } : options,
                    TimeProvider.System),
                CancellationToken.None);
            await fleet.SettleAsync();
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Agents announce something in turn, so many times a second.</summary>
    public Task TalkAsync(double updatesPerSecond, TimeSpan duration, bool isWarmUp = false) =>
        _fleet.TrafficAsync(new Traffic { AgentUpdatesPerSecond = updatesPerSecond, Duration = duration, IsWarmUp = isWarmUp }, CancellationToken.None);

    /// <summary>Waits until everybody is connected and knows the newest of everybody with whom it shares a tunnel.</summary>
    /// <exception cref="TimeoutException">That is not to be.</exception>
    public async Task SettleAsync()
    {
        if (!await _fleet.SettleAsync(Guard, CancellationToken.None)) throw new TimeoutException($"{Progress}\n{string.Join('\n', (await EndAsync()).Failures)}");
    }

    /// <summary>Ends it.</summary>
    /// <returns>What it came to.</returns>
    /// <exception cref="IOException">A process of it has failed.</exception>
    public async Task<LoadResult> EndAsync()
    {
        var problems = new List<string>();
        var result = await _fleet.EndAsync(GoodbyeTimeout, problems);
        foreach (var failure in result.Failures) Console.Error.WriteLine(failure);
        return problems.Count == 0 ? result : throw new IOException(string.Join('\n', problems));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _fleet.DisposeAsync();
}
