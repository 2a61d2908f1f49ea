using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Actors.Bench.Agents.Floors;
using Actors.Bench.Agents.Pairs;
using Actors.Harness;

namespace Actors.Bench.Agents;

/// <summary>The bare relay, or SignalR, in a process of its own.</summary>
internal sealed class FloorUnderTest : IAgentsServer
{
    private FloorUnderTest(Process process, int port, HubDialect dialect) => (Process, Port, Dialect) = (process, port, dialect);

    /// <inheritdoc/>
    public int Port { get; }

    /// <inheritdoc/>
    public Process Process { get; }

    /// <inheritdoc/>
    public HubDialect Dialect { get; }

    /// <summary>Starts one, and waits until it serves.</summary>
    public static async Task<IAgentsServer> StartAsync(bool isSignalR)
    {
        var port = LoopbackPort.Next();
        List<string> arguments = [Assembly.GetExecutingAssembly().Location, "agents-floor", "--port", port.ToString(CultureInfo.InvariantCulture)];
        if (isSignalR) arguments.Add("--signalr");
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[PairLoad.InlineCompletions] = "0";
        var process = Process.Start(start)!;
        return await process.StandardOutput.ReadLineAsync() == "ready"
            ? new FloorUnderTest(process, port, isSignalR ? HubDialect.SignalR : HubDialect.Protocol)
            : throw new ForeignProgramException("the floor has not started");
    }

    /// <inheritdoc/>
    public Task<long> HeapBytesAsync() => AskAsync(AgentsFloor.HeapWord);

    /// <inheritdoc/>
    public Task<long> AllocatedBytesAsync() => AskAsync("allocated");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await Process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Process.Kill();
        }

        Process.Dispose();
    }

    private async Task<long> AskAsync(string word)
    {
        await Process.StandardInput.WriteLineAsync(word);
        return long.Parse((await Process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
    }
}
