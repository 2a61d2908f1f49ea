using System.Net;
using Actors.AgentLoad.Running;
using Actors.AgentLoad.Workers;
using Actors.Harness;

namespace Actors.AgentLoad.Tests.Workers;

/// <summary>Processes that do not do what a load process does: shells.</summary>
public sealed class ProcessWorkerTests
{
    private static readonly LoadOptions Options = new() { Hubs = [new IPEndPoint(IPAddress.Loopback, 1)], Agents = 1, Clients = 0, TunnelsPerClient = 1, Seed = 1 };

    private static readonly WorkerLimits Short = new()
    {
        Cease = TimeSpan.FromMilliseconds(200),
        End = TimeSpan.FromMilliseconds(200),
        Exit = TimeSpan.FromMilliseconds(200),
    };

    [Fact]
    public void A_program_that_is_not_there_is_named()
    {
        var failure = Assert.Throws<WorkerException>(() => ProcessWorker.Start(["/no/such/program"], Options, TimeProvider.System));
        Assert.StartsWith("The load process /no/such/program failed: it could not be started (", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_ends_fails_who_waits_for_it_and_who_asks_later()
    {
        await using var worker = Start("read order; exit 3");
        Assert.Equal($"The load process {worker.Id} failed: it ended.", (await FailAsync(worker.ConnectAsync(Guard.Limit, CancellationToken.None))).Message);
        await FailAsync(worker.EndAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task A_process_from_which_nothing_comes_has_failed()
    {
        await using var worker = Start("exec sleep 600", Short with { Silence = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(
            $"The load process {worker.Id} failed: nothing came from it for 0.3 s.",
            (await FailAsync(worker.TrafficAsync(new Traffic(), CancellationToken.None))).Message);
    }

    [Fact]
    public async Task A_process_that_does_not_cease_has_failed()
    {
        await using var worker = Start("while echo '{\"Progress\":{\"Updates\":7}}'; do sleep 0.02; done");
        using var interrupt = new CancellationTokenSource();
        var traffic = worker.TrafficAsync(new Traffic(), interrupt.Token);
        await interrupt.CancelAsync();
        Assert.Equal($"The load process {worker.Id} failed: it did not say that it has ceased in time.", (await FailAsync(traffic)).Message);
        Assert.Equal(7, worker.Progress.Updates);
    }

    [Fact]
    public async Task A_process_that_does_not_end_is_killed()
    {
        var worker = Start("read order; read order; echo '{\"Answer\":true}'; exec sleep 600");
        Assert.True(await worker.ConnectAsync(Guard.Limit, CancellationToken.None));
        Assert.Equal($"The load process {worker.Id} failed: it did not say its result in time.", (await FailAsync(worker.EndAsync(TimeSpan.Zero))).Message);
        await worker.DisposeAsync().AsTask().WaitAsync(Guard.Limit);
        Assert.False(ChildProcesses.IsThere(worker.Id));
    }

    [Fact]
    public async Task A_process_that_does_not_read_its_orders_is_killed()
    {
        var tokens = Enumerable.Range(0, 10_000).ToDictionary(LoadOptions.AgentName, static _ => new string('t', 100)); // more than a pipe takes
        var worker = ProcessWorker.Start(["sh", "-c", "exec sleep 600"], Options with { Tokens = tokens }, TimeProvider.System, Short);
        await FailAsync(worker.EndAsync(TimeSpan.Zero));
        await worker.DisposeAsync().AsTask().WaitAsync(Guard.Limit);
        Assert.False(ChildProcesses.IsThere(worker.Id));
    }

    [Fact]
    public async Task A_process_that_writes_something_else_has_failed()
    {
        await using var worker = Start("echo Segmentation fault; exec sleep 600");
        var failure = await FailAsync(worker.SettleAsync(Guard.Limit, CancellationToken.None));
        Assert.StartsWith($"The load process {worker.Id} failed: it wrote what is no report (", failure.Message, StringComparison.Ordinal);
    }

    private static ProcessWorker Start(string script, WorkerLimits? limits = null) =>
        ProcessWorker.Start(["sh", "-c", script], Options, TimeProvider.System, limits ?? Short);

    private static Task<WorkerException> FailAsync(Task task) => Assert.ThrowsAsync<WorkerException>(() => task.WaitAsync(Guard.Limit));
}
