using System.Net;
using System.Net.Sockets;
using Actors.Harness;
using Actors.Silo.Lifetime;
using Actors.Silo.Options;

namespace Actors.Silo.Tests.Lifetime;

/// <summary>The real program, started and stopped as its operator does it.</summary>
public sealed class SiloStartTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Terminate)]
    public async Task A_signal_ends_a_silo_that_leaves_nothing_behind(int signal)
    {
        await using var silo = await SiloProcess.StartAsync(new(_folder.FullName));
        Assert.Equal(silo.Process.Id, PidFile.Read(_folder.FullName));

        silo.Signal(signal);

        Assert.Equal(ExitCodes.Success, await silo.WaitForExitAsync());
        Assert.Contains("has stopped after", silo.Output);
        Assert.Empty(silo.Errors);
        Assert.False(File.Exists(_folder.Path(PidFile.FileName)));
    }

    [Fact]
    public async Task A_ready_silo_says_so_everywhere()
    {
        await using var silo = await SiloProcess.StartAsync(new(_folder.FullName) { Arguments = ["--Silo:NodeId=7", "--Silo:Name=seven"] });
        await silo.WaitForOutputAsync("Silo seven is ready after ");

        Assert.Equal("""{"status":"ready","reasons":[]}""", await silo.GetAsync("/readyz"));
        Assert.Equal("""{"status":"alive","reasons":[]}""", await silo.GetAsync("/healthz"));
        var status = await silo.GetAsync("/api/v1/status");
        Assert.Contains("\"name\":\"seven\",\"nodeId\":7,\"status\":\"Active\"", status);
        Assert.Contains($"\"kafka\":\"{silo.Bootstrap}\"", status);
        Assert.Contains("Options of Silo: NodeId = 7 (command line --Silo:NodeId), Name = seven (command line --Silo:Name), DataDirectory = ", silo.Output);
        Assert.Contains("Options of Groups: InitialRebalanceDelayMs = 250, MinSessionTimeoutMs = 6000, ", silo.Output);
        Assert.All(SiloConfiguration.Schema.Sections.Keys, section => Assert.Contains($"Options of {section}: ", silo.Output));
        Assert.Matches($"Silo seven is ready after [0-9]+ ms: Kafka on {silo.Bootstrap}, web page on http://127.0.0.1:{silo.Options.HttpPort}/, data in {_folder.FullName}", silo.Output);
        Assert.Equal(1, await silo.MetricAsync("actors_silo_info", "name=\"seven\""));
        Assert.Contains("<h1>seven</h1>", await silo.GetAsync("/"));
    }

    [Fact]
    public async Task Mistakes_are_listed_and_nothing_is_touched()
    {
        await File.WriteAllTextAsync(_folder.Path(SiloConfiguration.FileName), """{ "Kafka": { "MaxConnections": "all" } }""");
        await using var silo = SiloProcess.Launch(new(_folder.FullName)
        {
            Arguments = ["--Silo:NodeId=two", "--Kafka:Prot=1", "--Silo:Store=Host=db;Password=hunter2"],
            Environment = new Dictionary<string, string> { ["Http__Host"] = "nowhere" },
        });

        Assert.Equal(ExitCodes.BadOptions, await silo.WaitForExitAsync());
        Assert.Contains("6 mistakes in the options", silo.Errors);
        Assert.Contains("Silo:NodeId = \"two\" (command line --Silo:NodeId): must be a whole number from 0", silo.Errors);
        Assert.Contains("Kafka:Prot (command line --Kafka:Prot): there is no such option; did you mean Kafka:Port?", silo.Errors);
        Assert.Contains("Http:Host = \"nowhere\" (environment variable Http__Host)", silo.Errors);
        Assert.Contains($"Kafka:MaxConnections = \"all\" (file {_folder.Path(SiloConfiguration.FileName)}): must be a whole number", silo.Errors);
        Assert.Contains("Silo:Store = \"Host=db;***\" (command line --Silo:Store): must be \"embedded\" or a connection string", silo.Errors);
        Assert.DoesNotContain("hunter2", silo.Output);
        Assert.Equal(_folder.Path(SiloConfiguration.FileName), Assert.Single(Directory.EnumerateFileSystemEntries(_folder.FullName)));
    }

    [Theory]
    [InlineData("Kafka")]
    [InlineData("Http")]
    public async Task A_port_in_use_is_a_sentence(string section)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;

        await Refusal.AssertAsync(
            new(_folder.FullName) { Arguments = [$"--{section}:Port={port}"] },
            $"Port {port} on 127.0.0.1 is in use",
            $"--{section}:Port=");
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_is_refused_until_the_first_is_gone()
    {
        await using var first = await SiloProcess.StartAsync(new(_folder.FullName));

        await Refusal.AssertAsync(new(_folder.FullName), $"in use by process {first.Process.Id}", "--Silo:DataDirectory=");
        Assert.Contains("ready", await first.GetAsync("/readyz"));
        Assert.Equal(first.Process.Id, PidFile.Read(_folder.FullName));

        await first.KillAsync();
        await using var second = await SiloProcess.StartAsync(new(_folder.FullName));
        Assert.Equal(second.Process.Id, PidFile.Read(_folder.FullName));
    }

    [Fact]
    public async Task A_missing_SQLite_is_refused() => await Refusal.AssertAsync(
        new(_folder.FullName) { Arguments = ["--Silo:SqliteLibrary=libsqlite3-that-is-not-there.so.0"] },
        "SQLite's library libsqlite3-that-is-not-there.so.0 is missing",
        "apt-get install libsqlite3-0");

    [Fact]
    public async Task Events_are_JSON_objects_on_request()
    {
        await using var silo = await SiloProcess.StartAsync(new(_folder.FullName) { Arguments = ["--Logging:Json=true"] });
        await silo.StopAsync();

        var lines = silo.Output.Split('\n');
        Assert.All(lines, line => System.Text.Json.JsonDocument.Parse(line).Dispose());
        Assert.Contains(lines, line => line.Contains("\"EventId\":4001", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Help_lists_every_option()
    {
        using var output = new StringWriter();

        Assert.Equal(ExitCodes.Success, await SiloProgram.RunAsync(["--help"], output, TextWriter.Null));
        Assert.All(SiloConfiguration.Schema.Options, option => Assert.Contains($"--{option.Key}", output.ToString()));
    }
}
