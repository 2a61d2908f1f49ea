using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Actors.Harness;
using Npgsql;

namespace Actors.Cluster.Tests;

/// <summary>A silo that does not belong says why and what to do; the silo that runs goes on.</summary>
public sealed class RefusalTests(RefusalTests.OneSilo one) : IClassFixture<RefusalTests.OneSilo>, IAsyncDisposable
{
    private const int CannotStart = 3;

    private readonly SiloCluster _cluster = one.Cluster;

    private SiloProcess Running => _cluster.Silos[0];

    private int PeeringPort => int.Parse(
        Running.Options.Arguments.Single(static argument => argument.StartsWith("--Peering:Port=", StringComparison.Ordinal)).Split('=')[1], CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync() => Assert.Contains("\"ready\"", await Running.GetAsync("/readyz"), StringComparison.Ordinal);

    [Fact]
    public async Task Another_cluster_in_the_same_store()
    {
        await using var stranger = SiloProcess.Launch(_cluster.Options(2, null, "--Silo:ClusterName=other"));

        Assert.Equal(CannotStart, await stranger.WaitForExitAsync());
        Assert.Contains("holds the cluster 'actors', not 'other'", stranger.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_silo_with_one_node_id()
    {
        await using var twin = SiloProcess.Launch(_cluster.Options(1));

        Assert.Equal(CannotStart, await twin.WaitForExitAsync());
        Assert.Contains("node 1", twin.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("another silo", twin.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{PeeringPort}"), twin.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_volume_until_the_command_that_is_named_has_accepted_it()
    {
        await using (var former = await SiloProcess.StartAsync(_cluster.Options(5)))
            Assert.Equal(0, await former.StopAsync());
        var onNewVolume = _cluster.Options(5);
        await using var refused = SiloProcess.Launch(onNewVolume);
        Assert.Equal(CannotStart, await refused.WaitForExitAsync());
        var command = Regex.Match(refused.Errors, "'actors (nodes accept-storage 5 [0-9a-f-]{36})'");
        Assert.True(command.Success, refused.Errors);

        var accepted = await SiloCluster.RunAsync(Running, [.. command.Groups[1].Value.Split(' '), "--data-directory", Running.Options.DataDirectory]);

        Assert.Contains("Node 5 may start with the storage ", accepted.OutputOfSuccess(), StringComparison.Ordinal);
        await using var back = await SiloProcess.StartAsync(onNewVolume);
        Assert.Matches("5 +runs +2 +[0-9a-f-]{36}", (await SiloCluster.RunAsync(Running, "nodes", "list")).OutputOfSuccess());
        Assert.Equal(0, await back.StopAsync());
    }

    [Theory]
    [InlineData("version = 1000, oldest_reader = 1000", "Run the newer program")]
    [InlineData("version = 1", "Run the older program")]
    public async Task Tables_of_another_version(string change, string advice)
    {
        await using var source = NpgsqlDataSource.Create(_cluster.Connection);
        await using var keep = source.CreateCommand("CREATE TABLE public.kept AS TABLE actors.schema_version");
        await using var alter = source.CreateCommand($"UPDATE actors.schema_version SET {change}");
        await using var putBack = source.CreateCommand(
            "UPDATE actors.schema_version SET (version, oldest_reader) = (SELECT version, oldest_reader FROM public.kept); DROP TABLE public.kept");
        await keep.ExecuteNonQueryAsync();
        await alter.ExecuteNonQueryAsync();
        try
        {
            await using var late = SiloProcess.Launch(_cluster.Options(2));

            Assert.Equal(CannotStart, await late.WaitForExitAsync());
            Assert.Contains(advice, late.Errors, StringComparison.Ordinal);
        }
        finally
        {
            await putBack.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task Another_secret()
    {
        await using var stranger = SiloProcess.Launch(_cluster.Options(3, null, "--Peering:Secret=another secret than theirs"));

        await stranger.WaitForOutputAsync("The other side does not know this cluster's secret");
        Assert.Equal(CannotStart, await stranger.WaitForExitAsync());
        Assert.DoesNotContain("is ready after", stranger.Output, StringComparison.Ordinal);
        Assert.Contains("declared this silo dead", stranger.Errors, StringComparison.Ordinal);
        Assert.Contains("does not know this cluster's secret", stranger.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("joins anew", stranger.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_nobody_answers_at_is_waited_for()
    {
        var port = LoopbackPort.Next();
        await using var early = SiloProcess.Launch(_cluster.Options(
            2, null, string.Create(CultureInfo.InvariantCulture, $"--Silo:Store=Host=127.0.0.1;Port={port};Username=postgres;Database=actors")));

        await early.WaitForOutputAsync($"Waiting for the database 'actors' at 127.0.0.1:{port}");
        Assert.Equal(0, await early.StopAsync());
    }

    [Fact]
    public async Task A_store_that_talks_rubbish_is_waited_for()
    {
        await using var rubbish = new LoopbackServer(static async (socket, stop) =>
        {
            var answer = new byte[4096];
            new Random(4711).NextBytes(answer);
            await socket.SendAsync(answer, SocketFlags.None, stop);
            while (await socket.ReceiveAsync(answer, SocketFlags.None, stop) > 0)
            {
            }
        });
        await using var early = SiloProcess.Launch(_cluster.Options(
            2, null, string.Create(CultureInfo.InvariantCulture, $"--Silo:Store=Host=127.0.0.1;Port={rubbish.Port};Username=postgres;Database=actors")));

        await early.WaitForOutputAsync("Waiting for the database 'actors'");
        Assert.Equal(0, await early.StopAsync());
    }

    [Fact]
    public async Task A_database_that_is_not_there()
    {
        var elsewhere = new NpgsqlConnectionStringBuilder(_cluster.Connection) { Database = "elsewhere" };
        await using var lost = SiloProcess.Launch(_cluster.Options(2, null, $"--Silo:Store={elsewhere}"));

        Assert.Equal(CannotStart, await lost.WaitForExitAsync());
        Assert.Contains("database \"elsewhere\" does not exist", lost.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strangers_that_flood_with_rubbish_cost_little_memory_and_no_request()
    {
        (await SiloCluster.RunAsync(Running, "topics", "create", "flooded", "--partitions", "1")).OutputOfSuccess();
        string[] load = ["bench", "produce", "--topic", "flooded", "--partitions", "1", "--outstanding", "4", "--size", "100", "--duration", "2s", "--output", "json"];
        (await SiloCluster.RunAsync(Running, load)).OutputOfSuccess();
        var before = MemoryBytes();
        using var end = new CancellationTokenSource();
        var floods = Enumerable.Range(0, 50).Select(seed => FloodAsync(seed, end.Token)).ToList();

        var produced = JsonDocument.Parse((await SiloCluster.RunAsync(Running, load)).OutputOfSuccess()).RootElement;
        Assert.True(produced.GetProperty("messages").GetInt64() > 0);
        Assert.Contains("\"ready\"", await Running.GetAsync("/readyz"), StringComparison.Ordinal);
        var grown = MemoryBytes() - before;
        var second = await SiloProcess.StartAsync(_cluster.Options(2));
        await second.DisposeAsync();

        await end.CancelAsync();
        var strangers = (await Task.WhenAll(floods)).Sum();
        TestContext.Current.TestOutputHelper?.WriteLine($"{strangers} strangers, {grown >> 20} MiB more");
        Assert.InRange(strangers, 200, int.MaxValue);
        Assert.InRange(grown, long.MinValue, 160L << 20);
    }

    private long MemoryBytes()
    {
        Running.Process.Refresh();
        return Running.Process.WorkingSet64;
    }

    /// <summary>Connects and sends four megabytes of rubbish, again and again until the end.</summary>
    /// <returns>How often it was connected.</returns>
    private async Task<int> FloodAsync(int seed, CancellationToken end)
    {
        var rubbish = new byte[4 << 20];
        new Random(seed).NextBytes(rubbish);
        var connected = 0;
        while (!end.IsCancellationRequested)
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", PeeringPort, CancellationToken.None);
            connected++;
            try
            {
                await client.GetStream().WriteAsync(rubbish, end);
                while (await client.GetStream().ReadAsync(new byte[1], end) > 0)
                {
                }
            }
            catch (Exception refused) when (refused is IOException or OperationCanceledException)
            {
                // That is what it gets.
            }
        }

        return connected;
    }

    /// <summary>A cluster of one silo, shared by the tests: none of them may do it harm.</summary>
    public sealed class OneSilo : IAsyncLifetime
    {
        public SiloCluster Cluster { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Cluster = await SiloCluster.StartAsync(1);

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}
