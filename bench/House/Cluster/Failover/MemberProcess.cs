using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Actors.Bench.Report;
using Actors.Harness;
using Actors.Silo.Lifetime;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Bench.Cluster.Failover;

/// <summary>The whole silo as a process of its own, with the grains of the benchmark in it, and a <see cref="Caller"/>.</summary>
internal sealed class MemberProcess : IAsyncDisposable
{
    private readonly int _node;
    private readonly string _folder;
    private readonly Dictionary<string, string> _options;
    private Process _process;

    private MemberProcess(int node, string folder, Dictionary<string, string> options)
    {
        (_node, _folder, _options) = (node, folder, options);
        _process = Launch();
        AppDomain.CurrentDomain.ProcessExit += EndWithParent;
    }

    /// <summary>Its process number; another one after a restart.</summary>
    public int Id => _process.Id;

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts it, and waits until it serves.</summary>
    public static async Task<MemberProcess> StartAsync(int node, string folder, string connection, string secret)
    {
        Directory.CreateDirectory(folder);
        Dictionary<string, string> options = new()
        {
            ["Silo__NodeId"] = node.ToString(CultureInfo.InvariantCulture),
            ["Silo__DataDirectory"] = folder,
            ["Silo__Store"] = connection,
            ["Peering__Secret"] = secret,
            ["Peering__Port"] = LoopbackPort.Next().ToString(CultureInfo.InvariantCulture),
            ["Kafka__Port"] = "0",
            ["Http__Port"] = "0",
            ["Logging__LogLevel__Default"] = "None",
            ["Log__WalFileBytes"] = "33554432",
        };
        var member = new MemberProcess(node, folder, options);
        await member.ReadAsync("ready");
        return member;
    }

    /// <summary>The process itself; its options are in the environment.</summary>
    public static Task<int> RunAsync(BenchArguments arguments)
    {
        arguments.RefuseRest();
        return SiloProgram.RunAsync([], Console.Out, Console.Error, static services => services.AddHostedService<Caller>());
    }

    /// <summary>Gives its caller a command.</summary>
    /// <returns>The words of the answer.</returns>
    public async Task<string[]> CommandAsync(string command, string answer)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        return await ReadAsync(answer);
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => Signals.Send(_process.Id, signal);

    /// <summary>Waits until it has ended, starts it again, and waits until it serves.</summary>
    public async Task RestartAsync()
    {
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = Launch();
        await ReadAsync("ready");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithParent;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void EndWithParent(object? sender, EventArgs end) => _process.Kill();

    private Process Launch()
    {
        var start = new ProcessStartInfo("dotnet", [Assembly.GetExecutingAssembly().Location, "cluster-member"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = _folder,
        };
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            start.Environment[(string)variable.Key] = (string?)variable.Value;
        }

        foreach ((string name, string value) in _options)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private async Task<string[]> ReadAsync(string first)
    {
        string line = await _process.StandardOutput.ReadLineAsync() ?? throw new ForeignProgramException($"silo {_node} has ended");
        string[] words = line.Split(' ', 4);
        return words[0] == first ? words : throw new ForeignProgramException($"silo {_node} says '{line}', not '{first} …'");
    }
}
