using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Actors.Bench.Report;
using Actors.Harness;
using Orleans.Runtime;

namespace Actors.Bench.Cluster;

/// <summary>The other process of the benchmark: a silo, and the floor's server.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    /// <summary>The node of the silo there.</summary>
    public const int Node = 2;

    private readonly Process _process;

    private PeerProcess(Process process, SiloAddress silo, int floorPort)
    {
        _process = process;
        Silo = silo;
        FloorPort = floorPort;
    }

    /// <summary>The silo there.</summary>
    public SiloAddress Silo { get; }

    /// <summary>Where the floor listens.</summary>
    public int FloorPort { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<PeerProcess> StartAsync(SiloAddress caller, string secret)
    {
        var start = new ProcessStartInfo("dotnet", [Assembly.GetExecutingAssembly().Location, "cluster-peer", "--caller", caller.ToParsableString()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["ACTORS_BENCH_SECRET"] = secret;
        Process process = Process.Start(start)!;
        string[] words = (await process.StandardOutput.ReadLineAsync())?.Split(' ') ?? [];
        return words.Length == 2
            ? new PeerProcess(process, SiloAddress.Parse(words[0]), int.Parse(words[1], CultureInfo.InvariantCulture))
            : throw new ForeignProgramException("the other silo has not started");
    }

    /// <summary>The process itself: serves until standard input ends.</summary>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        SiloAddress caller = SiloAddress.Parse(arguments.Text("caller", ""));
        arguments.RefuseRest();
        PeeredSilo silo = await PeeredSilo.StartAsync(Node);
        int floorPort = await EchoServer.StartAsync();
        _ = silo.JoinAsync(Node, caller, Environment.GetEnvironmentVariable("ACTORS_BENCH_SECRET")!);
        Console.WriteLine($"{silo.Address.ToParsableString()} {floorPort}");
        while (Console.ReadLine() is not null)
        {
        }

        return 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
