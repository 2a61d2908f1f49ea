using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Workers;

/// <summary>
/// A part of a run in another process, which runs <see cref="WorkerProgram"/>: orders go to its input, one a line, and reports come from
/// its output. Nothing waits for it for ever: a process that ends, or from which nothing comes, fails whoever waits for it. Disposing of it
/// ends the process, by force when it does not end by itself.
/// </summary>
public sealed class ProcessWorker : ILoadWorker
{
    private readonly Process _process;
    private readonly WorkerLimits _limits;
    private readonly TimeProvider _time;
    private readonly Channel<WorkerOrder> _orders = Channel.CreateBounded<WorkerOrder>(16);
    private readonly Channel<WorkerReport> _answers = Channel.CreateBounded<WorkerReport>(16);
    private readonly Task _writing;
    private readonly Task _reading;
    private volatile LoadProgress _progress = LoadProgress.Nothing;
    private volatile string _lastWords = "it ended";
    private bool _isDisposed;

    private ProcessWorker(Process process, WorkerLimits limits, TimeProvider time)
    {
        (_process, _limits, _time, Id) = (process, limits, time, process.Id);
        _writing = WriteAsync();
        _reading = ReadAsync();
    }

    /// <summary>The process's id.</summary>
    public int Id { get; }

    /// <inheritdoc/>
    public LoadProgress Progress => _progress;

    /// <summary>Starts the process, which begins to dial.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="options">What it holds.</param>
    /// <param name="time">The clock of the limits.</param>
    /// <param name="limits">How long it may take; null for the usual.</param>
    /// <exception cref="WorkerException">It could not be started.</exception>
    public static ProcessWorker Start(IReadOnlyList<string> command, LoadOptions options, TimeProvider time, WorkerLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            var process = Process.Start(start) ?? throw new WorkerException(command[0], "it could not be started");
            var worker = new ProcessWorker(process, limits ?? new WorkerLimits(), time);
            worker.Send(new WorkerOrder { Start = WorkerStart.Of(options) });
            return worker;
        }
        catch (Win32Exception failure)
        {
            throw new WorkerException(command[0], $"it could not be started ({failure.Message})");
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
    public Task<bool> QuietAsync(TimeSpan duration, CancellationToken token) =>
        AskAsync(new WorkerOrder { QuietMs = (long)duration.TotalMilliseconds }, token);

    /// <inheritdoc/>
    /// <exception cref="WorkerException">The process failed, or did not answer in its time.</exception>
    public async Task<LoadResult> EndAsync(TimeSpan goodbyeTimeout)
    {
        Send(new WorkerOrder { EndMs = (long)goodbyeTimeout.TotalMilliseconds });
        using var late = new CancellationTokenSource(goodbyeTimeout + _limits.End, _time);
        return (await NextAsync("its result", late.Token)).Outcome ?? throw Failed("it answered something else");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _orders.Writer.TryComplete(); // who writes them closes the input then
        if (!await EndsAsync(Task.WhenAll(_reading, _process.WaitForExitAsync())))
        {
            _process.Kill();
            await EndsAsync(_process.WaitForExitAsync());
        }

        _process.Dispose();
    }

    private async Task<bool> AskAsync(WorkerOrder order, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        Send(order);
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        await using var registration = token.Register(() =>
        {
            _orders.Writer.TryWrite(new WorkerOrder { Cease = true });
            late.CancelAfter(_limits.Cease);
        });
        var answer = (await NextAsync("that it has ceased", late.Token)).Answer ?? throw Failed("it answered something else");
        token.ThrowIfCancellationRequested();
        return answer;
    }

    private void Send(WorkerOrder order)
    {
        if (!_orders.Writer.TryWrite(order))
            throw Failed(_lastWords);
    }

    /// <param name="what">What it has to say, for people.</param>
    /// <param name="late">It has had time enough.</param>
    private async Task<WorkerReport> NextAsync(string what, CancellationToken late)
    {
        try
        {
            var report = await _answers.Reader.ReadAsync(late);
            return report.Failure is null ? report : throw Failed(report.Failure);
        }
        catch (ChannelClosedException)
        {
            throw Failed(_lastWords);
        }
        catch (OperationCanceledException)
        {
            throw Failed($"it did not say {what} in time");
        }
    }

    private WorkerException Failed(string reason) => new(Id.ToString(CultureInfo.InvariantCulture), reason);

    private async Task<bool> EndsAsync(Task task)
    {
        try
        {
            await task.WaitAsync(_limits.Exit, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Writes orders until there are to be no more, and then closes the input; a process that is gone is told of by who reads.</summary>
    private async Task WriteAsync()
    {
        try
        {
            await foreach (var order in _orders.Reader.ReadAllAsync())
            {
                await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order, WorkerJson.Default.WorkerOrder));
                await _process.StandardInput.FlushAsync();
            }

            _process.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _orders.Writer.TryComplete();
        }
    }

    /// <summary>Reads to the end of the process's output; nothing that it writes, or does not write, makes it fail.</summary>
    private async Task ReadAsync()
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync().WaitAsync(_limits.Silence, _time) is { } line)
            {
                var report = JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerReport);
                if (report?.Progress is { } progress)
                    _progress = progress;
                else if (report is not null && !_answers.Writer.TryWrite(report))
                    throw new JsonException("Nobody has asked for so many answers.");
            }
        }
        catch (Exception e) when (e is JsonException or IOException or ObjectDisposedException)
        {
            _lastWords = $"it wrote what is no report ({e.Message.TrimEnd('.')})";
        }
        catch (TimeoutException)
        {
            _lastWords = string.Create(CultureInfo.InvariantCulture, $"nothing came from it for {_limits.Silence.TotalSeconds:0.#} s");
        }
        finally
        {
            _answers.Writer.TryComplete();
        }
    }
}
