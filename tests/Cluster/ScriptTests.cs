using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Actors.Harness;

namespace Actors.Cluster.Tests;

/// <summary><c>scripts/cluster</c>, as a person uses it.</summary>
public sealed class ScriptTests : IAsyncLifetime
{
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(3);

    private readonly TemporaryDirectory _folder = new();
    private readonly int _offset = FreeOffset();

    public ValueTask InitializeAsync()
    {
        // PostgreSQL's unprivileged user has to come by.
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("remove");
        _folder.Dispose();
    }

    [Fact]
    public async Task Three_silos_start_lose_each_of_them_and_stop()
    {
        var started = (await RunAsync("start")).OutputOfSuccess();
        Assert.Equal(3, States(started).Count(static state => state == "ready"));
        Assert.Contains($"127.0.0.1:{39092 + _offset}", started, StringComparison.Ordinal);
        (await RunAsync("start")).OutputOfSuccess(); // what runs is left alone
        Assert.Equal(Processes(started), Processes((await RunAsync("status")).OutputOfSuccess()));

        (await RunAsync("kill", "2")).OutputOfSuccess();
        var killed = await RunAsync("status");
        Assert.Equal((1, "ready dead ready"), (killed.ExitCode, string.Join(' ', States(killed.Output))));
        (await RunAsync("restart", "2")).OutputOfSuccess();

        (await RunAsync("pause", "3")).OutputOfSuccess();
        Assert.Equal("ready ready paused", string.Join(' ', States((await RunAsync("status")).Output)));
        (await RunAsync("resume", "3")).OutputOfSuccess();
        (await RunAsync("restart", "3")).OutputOfSuccess(); // it may have ended by then: it was declared dead
        Assert.Equal("ready ready ready", string.Join(' ', States((await RunAsync("status")).OutputOfSuccess())));

        (await RunAsync("stop")).OutputOfSuccess();
        var stopped = await RunAsync("status");
        Assert.Equal((1, "dead dead dead"), (stopped.ExitCode, string.Join(' ', States(stopped.Output))));
        Assert.True(IsFree(15432 + _offset), "PostgreSQL still listens.");

        (await RunAsync("start")).OutputOfSuccess(); // on the same data
    }

    [Theory]
    [InlineData("say which silo: 1, 2 or 3", "kill", "4")]
    [InlineData("say which silo: 1, 2 or 3", "restart")]
    [InlineData("silo 1 does not run", "pause", "1")]
    [InlineData("there is no command 'begin'", "begin")]
    public async Task A_mistake_is_told(string sentence, params string[] arguments)
    {
        var ending = await RunAsync(arguments);

        Assert.NotEqual(0, ending.ExitCode);
        Assert.Contains(sentence, ending.Error, StringComparison.Ordinal);
    }

    private Task<ForeignProgram.Ending> RunAsync(params string[] arguments) => ForeignProgram.RunAsync(
        "env",
        [
            $"ACTORS_CLUSTER_DIRECTORY={_folder.Path("cluster")}",
            string.Create(CultureInfo.InvariantCulture, $"ACTORS_CLUSTER_OFFSET={_offset}"),
            $"ACTORS_CLUSTER_PROGRAM={Repository.Program("Silo")}",
            Path.Combine(Repository.Root, "scripts", "cluster"),
            .. arguments,
        ],
        "",
        Guard);

    private static string[] States(string table) => [.. Rows(table).Select(static row => row[2])];

    private static string[] Processes(string table) => [.. Rows(table).Select(static row => row[1])];

    private static IEnumerable<string[]> Rows(string table) => table
        .Split('\n')
        .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(static words => words.Length > 2 && words[0] is "1" or "2" or "3");

    private static int FreeOffset() => Enumerable.Range(1, 90)
        .Select(static step => step * 100)
        .First(static offset => new[] { 15432, 11111, 21111, 31111, 18080, 28080, 38080, 19092, 29092, 39092 }.All(port => IsFree(port + offset)));

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
