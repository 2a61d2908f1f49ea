using System.Runtime.InteropServices;
using System.Text.Json;
using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Workers;

/// <summary>
/// The other end of <see cref="ProcessWorker"/>: takes orders, one a line, from its input and reports on its output. The end of the input
/// is the end of everything, so that no process outlives the one that started it.
/// </summary>
public sealed class WorkerProgram : IAsyncDisposable
{
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);

    private readonly TextReader _orders;
    private readonly TextWriter _reports;
    private readonly TimeProvider _time;
    private readonly Lock _writing = new();
    private readonly CancellationTokenSource _ending = new();
    private CancellationTokenSource _ceasing = new();
    private LoadRun? _run;

    private WorkerProgram(TextReader orders, TextWriter reports, TimeProvider time) => (_orders, _reports, _time) = (orders, reports, time);

    /// <summary>Serves until the input ends.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(TextReader orders, TextWriter reports, TimeProvider time)
    {
        // A terminal sends Ctrl-C to all its processes; it is the one that started this one that says what then becomes of it.
        using var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        await using var program = new WorkerProgram(orders, reports, time);
        return await program.ServeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
            await _run.DisposeAsync();
        _ending.Dispose();
        _ceasing.Dispose();
    }

    private async Task<int> ServeAsync()
    {
        var progress = Task.CompletedTask;
        var work = Task.CompletedTask;
        try
        {
            while (await _orders.ReadLineAsync() is { } line)
            {
                var order = JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerOrder) ?? throw new JsonException("An order is an object.");
                if (order.Start is { } start)
                {
                    _run = LoadRun.Start(start.ToOptions(), _time);
                    progress = ReportProgressAsync(_run);
                }
                else if (order.Cease)
                {
                    await _ceasing.CancelAsync();
                }
                else
                {
                    await work;
                    _ceasing.Dispose();
                    _ceasing = new CancellationTokenSource();
                    work = DoAsync(order, _run ?? throw new JsonException("The first order is the start."), _ceasing.Token);
                }
            }

            return 0;
        }
        catch (Exception failure)
        {
            Report(new WorkerReport { Failure = failure.Message });
            return 1;
        }
        finally
        {
            await _ending.CancelAsync();
            await progress;
        }
    }

    private async Task DoAsync(WorkerOrder order, LoadRun run, CancellationToken ceasing)
    {
        try
        {
            if (order.EndMs is { } endMs)
                Report(new WorkerReport { Outcome = await run.EndAsync(TimeSpan.FromMilliseconds(endMs)) });
            else
                Report(new WorkerReport { Answer = await AnswerAsync(order, run, ceasing) });
        }
        catch (OperationCanceledException) when (ceasing.IsCancellationRequested)
        {
            Report(new WorkerReport { Answer = false });
        }
        catch (Exception failure)
        {
            Report(new WorkerReport { Failure = failure.Message });
        }
    }

    private static async Task<bool> AnswerAsync(WorkerOrder order, LoadRun run, CancellationToken ceasing)
    {
        if (order.ConnectMs is { } connectMs)
            return await run.ConnectAsync(TimeSpan.FromMilliseconds(connectMs), ceasing);
        if (order.SettleMs is { } settleMs)
            return await run.SettleAsync(TimeSpan.FromMilliseconds(settleMs), ceasing);
        if (order.QuietMs is { } quietMs)
            return await run.QuietAsync(TimeSpan.FromMilliseconds(quietMs), ceasing);
        await run.TrafficAsync(order.Traffic ?? throw new JsonException("An order without a meaning."), ceasing);
        return true;
    }

    private async Task ReportProgressAsync(LoadRun run)
    {
        using var ticks = new PeriodicTimer(ReportInterval, _time);
        try
        {
            while (await ticks.WaitForNextTickAsync(_ending.Token))
                Report(new WorkerReport { Progress = run.Progress });
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    private void Report(WorkerReport report)
    {
        lock (_writing)
        {
            _reports.WriteLine(JsonSerializer.Serialize(report, WorkerJson.Default.WorkerReport));
            _reports.Flush();
        }
    }
}
