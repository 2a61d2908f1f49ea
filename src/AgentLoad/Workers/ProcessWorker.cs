using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Workers;

/// <summary>
/// A part of a run in another process, which runs <see cref="WorkerProgram"/>: orders go to its input, one a line, and reports come from
/// its output. Disposing of it ends the process.
/// </summary>
public sealed class ProcessWorker : ILoadWorker
{
    private readonly Process _process;
    private readonly Channel<WorkerReport> _answers = Channel.CreateBounded<WorkerReport>(16);
    private readonly Lock _writing = new();
    private readonly Task _reading;
    private volatile LoadProgress _progress = LoadProgress.Nothing;
    private volatile string _lastWords = "it ended";

    private ProcessWorker(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <inheritdoc/>
    public LoadProgress Progress => _progress;

    /// <summary>Starts the process, which begins to dial.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">What it holds.</param>
    public static async Task<ProcessWorker> StartAsync(IReadOnlyList<string> command, LoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(command);
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var worker = new ProcessWorker(Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} could not be started."));
        try
        {
            worker.Send(new WorkerOrder { Start = WorkerStart.Of(options) });
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="WorkerException">The process failed.</exception>
    public Task<bool> ConnectAsync(TimeSpan timeout, CancellationToken token) =>
        AskAsync(new WorkerOrder { ConnectMs = (long)timeout.TotalMilliseconds }, token);

    /// <inheritdoc/>
    /// <exception cref="WorkerException">The process failed.</exception>
    public Task<bool> SettleAsync(TimeSpan timeout, CancellationToken token) =>
        AskAsync(new WorkerOrder { SettleMs = (long)timeout.TotalMilliseconds }, token);

    /// <inheritdoc/>
    /// <exception cref="WorkerException">The process failed.</exception>
    public async Task TrafficAsync(Traffic traffic, CancellationToken token)
    {
        if (!await AskAsync(new WorkerOrder { Traffic = traffic }, token))
            throw new OperationCanceledException(token);
    }

    /// <inheritdoc/>
    /// <exception cref="WorkerException">The process failed.</exception>
    public async Task<LoadResult> EndAsync(TimeSpan goodbyeTimeout)
    {
        Send(new WorkerOrder { EndMs = (long)goodbyeTimeout.TotalMilliseconds });
        return (await NextAsync()).Outcome ?? throw Failed("it answered something else");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }

        await _reading;
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private async Task<bool> AskAsync(WorkerOrder order, CancellationToken token)
    {
        Send(order);
        await using var registration = token.Register(Cease);
        var answer = (await NextAsync()).Answer ?? throw Failed("it answered something else");
        token.ThrowIfCancellationRequested();
        return answer;
    }

    private void Cease()
    {
        try
        {
            Send(new WorkerOrder { Cease = true });
        }
        catch (WorkerException)
        {
            // Whoever waits for its answer hears of that.
        }
    }

    private void Send(WorkerOrder order)
    {
        try
        {
            lock (_writing)
            {
                _process.StandardInput.WriteLine(JsonSerializer.Serialize(order, WorkerJson.Default.WorkerOrder));
                _process.StandardInput.Flush();
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            throw Failed(_lastWords);
        }
    }

    private async Task<WorkerReport> NextAsync()
    {
        while (await _answers.Reader.WaitToReadAsync())
        {
            if (_answers.Reader.TryRead(out var report))
                return report.Failure is null ? report : throw Failed(report.Failure);
        }

        throw Failed(_lastWords);
    }

    private WorkerException Failed(string reason) => new(_process.Id, reason);

    /// <summary>Reads to the end of the process's output; nothing that it writes makes it fail.</summary>
    private async Task ReadAsync()
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                var report = JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerReport);
                if (report?.Progress is { } progress)
                    _progress = progress;
                else if (report is not null)
                    await _answers.Writer.WriteAsync(report);
            }
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            _lastWords = $"it wrote what is no report ({e.Message.TrimEnd('.')})";
        }
        finally
        {
            _answers.Writer.Complete();
        }
    }
}
