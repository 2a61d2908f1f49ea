using System.Diagnostics;
using Actors.Runtime.Tests.Support;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Scheduling;

/// <summary>One turn at a time, on the activation's scheduler, never on the caller's stack.</summary>
public sealed class TurnTests
{
    [Fact]
    public async Task Calls_of_one_grain_run_one_after_the_other()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("one");
        Task<string> a = grain.Normal("a");
        Task<string> b = grain.Normal("b");
        await silo.Probe.Seen("a+");
        Assert.False(silo.Probe.Has("b+"));
        silo.Probe.Open("b");
        silo.Probe.Open("a");
        Assert.Equal("a", await Guard.Within(a, "a"));
        Assert.Equal("b", await Guard.Within(b, "b"));
        Assert.Equal(["activate one", "a+", "a-", "b+", "b-"], silo.Probe.Log);
    }

    [Fact]
    public async Task Calls_of_two_grains_run_beside_each_other()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        Task<string> a = silo.Grains.GetGrain<IScriptGrain>("one").Normal("a");
        Task<string> b = silo.Grains.GetGrain<IScriptGrain>("two").Normal("b");
        await silo.Probe.Seen("a+");
        await silo.Probe.Seen("b+");
        silo.Probe.Open("a");
        silo.Probe.Open("b");
        await Guard.Within(Task.WhenAll(a, b), "both");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Awaits_and_started_tasks_come_back_to_the_grain(bool turnsInTasks)
    {
        bool before = Actors.Runtime.Scheduling.TurnMark.IsSupported;
        Assert.True(before, "The short cut is expected to work on the framework that the tests run on.");
        Actors.Runtime.Scheduling.TurnMark.IsSupported = !turnsInTasks;
        try
        {
            await using TestSilo silo = await TestSilo.StartAsync();
            string report = await Guard.Within(silo.Grains.GetGrain<IContextGrain>("x").WhereAmI(), "the report");
            Assert.Equal("begin:grain yield:grain outside:pool back:grain started:grain continued:grain free:pool", report);
        }
        finally
        {
            Actors.Runtime.Scheduling.TurnMark.IsSupported = before;
        }
    }

    [Fact]
    public async Task An_idle_grain_does_not_keep_what_it_has_run()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        Assert.Equal(1, await Guard.Within(silo.Grains.GetGrain<IContextGrain>("x").StartAndForget(), "the start"));
        await Guard.Until(
            static () =>
            {
                GC.Collect();
                return !ContextGrain.Started!.TryGetTarget(out _);
            },
            "the collection of the task");
    }

    [Fact]
    public async Task A_call_uses_no_reflection()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IContextGrain grain = silo.Grains.GetGrain<IContextGrain>("x");
        await Guard.Within(grain.Stack(), "the call that makes the activation");
        string stack = await Guard.Within(grain.Stack(), "the stack");
        Assert.Contains(nameof(ContextGrain), stack, StringComparison.Ordinal);
        Assert.Contains("Execute", stack, StringComparison.Ordinal);
        Assert.DoesNotContain("System.Reflection", stack, StringComparison.Ordinal);
        Assert.DoesNotContain("RuntimeMethodHandle", stack, StringComparison.Ordinal);
        Assert.DoesNotContain("DynamicInvoke", stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_callee_does_not_run_on_its_callers_stack()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        string stack = await Guard.Within(silo.Grains.GetGrain<IContextGrain>("caller").CallOther("callee"), "the stack");
        Assert.Contains(nameof(ContextGrain.Stack), stack, StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(ContextGrain.CallOther), stack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_outside_of_grains_does_not_go_on_in_the_callees_turn()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("one");
        for (int i = 0; i < 200; i++)
        {
            await grain.Fast(i);
            Assert.Same(TaskScheduler.Default, TaskScheduler.Current);
            Assert.Null(Actors.Runtime.Scheduling.Worker.Current.Activation);
            await grain.FastValue(i);
            Assert.Same(TaskScheduler.Default, TaskScheduler.Current);
            Assert.Null(Actors.Runtime.Scheduling.Worker.Current.Activation);
        }
    }

    [Fact]
    public async Task A_caller_that_blocks_its_thread_does_not_hold_the_grain_up()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("one");
        Task first = grain.Normal("gate");
        await silo.Probe.Seen("gate+");
        using var block = new ManualResetEventSlim();
        Task blocked = first.ContinueWith(_ => block.Wait(), TaskContinuationOptions.ExecuteSynchronously);
        Task<int> behind = grain.Fast(2);
        silo.Probe.Open("gate");
        Assert.Equal(2, await Guard.Within(behind, "the call behind the blocked caller"));
        block.Set();
        await Guard.Within(blocked, "the blocked caller");
    }

    [Fact]
    public async Task What_a_call_leaves_in_its_context_is_not_seen_by_the_next()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IContextGrain grain = silo.Grains.GetGrain<IContextGrain>("x");
        var calls = new List<Task<string>>();
        for (int i = 0; i < 50; i++)
        {
            calls.Add(grain.LeaveBehind(i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        foreach (string found in await Guard.Within(Task.WhenAll(calls), "the calls"))
        {
            Assert.Equal("nothing", found);
        }
    }

    [Fact]
    public async Task A_turn_that_keeps_itself_busy_does_not_shut_others_out()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IReentrantScriptGrain grain = silo.Grains.GetGrain<IReentrantScriptGrain>("busy");
        IContextGrain spinner = silo.Grains.GetGrain<IContextGrain>("spinner");
        Task spinning = spinner.Spin();
        Assert.Equal(1, await Guard.Within(grain.Fast(1), "another grain"));
        await Guard.Within(spinner.StopSpinning(), "an interleaving call of the same grain");
        await Guard.Within(spinning, "the spinner");
    }

    [Fact]
    public async Task All_kinds_of_results_arrive()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("one");
        Assert.Equal(3, await Guard.Within(grain.Fast(3), "Task<T>"));
        Assert.Equal(4, await Guard.Within(grain.FastValue(4).AsTask(), "ValueTask<T>"));
        Assert.Equal(5, await Guard.Within(grain.SlowValue(5).AsTask(), "slow ValueTask<T>"));
        await Guard.Within(grain.Nothing().AsTask(), "ValueTask");
    }

    [Fact]
    public async Task A_call_from_a_thread_of_its_own_is_answered()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var result = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => result.SetResult(silo.Grains.GetGrain<IScriptGrain>("one").Fast(7).GetAwaiter().GetResult()));
        thread.Start();
        Assert.Equal(7, await Guard.Within(result.Task, "the call"));
        thread.Join();
    }

    [Fact]
    public async Task Errors_reach_the_caller()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IFailGrain grain = silo.Grains.GetGrain<IFailGrain>("x");
        Assert.Equal("now", (await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Now("now"))).Message);
        Assert.Equal("later", (await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Later("later"))).Message);
        Assert.Equal("value", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await grain.Value("value"))).Message);
        Assert.Contains("null", (await Assert.ThrowsAsync<InvalidOperationException>(grain.Null)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(grain.Cancelled);
        StackTrace trace = new(await Assert.ThrowsAsync<InvalidOperationException>(() => grain.Now("trace")));
        Assert.Contains(trace.GetFrames(), frame => frame.GetMethod()?.Name == nameof(IFailGrain.Now));
        Assert.Equal(1, await grain.Works());
    }

    [Fact]
    public async Task A_one_way_call_returns_before_it_runs_and_hides_its_error()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("one");
        Task sent = grain.OneWay("fail");
        Assert.True(sent.IsCompletedSuccessfully);
        await silo.Probe.Seen("fail+");
        silo.Probe.Open("fail");
        await Guard.Until(() => silo.Log.Has(1003), "the log of the error");
        Assert.Equal(1, await Guard.Within(grain.Fast(1), "a call"));
    }

    [Fact]
    public async Task A_one_way_call_with_a_value_task_returns_before_it_runs()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("one");
        Task sent = grain.OneWayValue("step").AsTask();
        Assert.True(sent.IsCompletedSuccessfully);
        await silo.Probe.Seen("step+");
        silo.Probe.Open("step");
        Assert.Equal(1, await Guard.Within(grain.Fast(1), "a call"));
    }

    [Fact]
    public async Task Work_queued_to_the_scheduler_runs_as_a_turn()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("one");
        await grain.Fast(1);
        IGrainContext context = silo.Context((IAddressable)grain)!;
        var scheduler = new TaskCompletionSource<TaskScheduler>();
        context.Scheduler.QueueAction(() => scheduler.SetResult(TaskScheduler.Current));
        Assert.Same(context.Scheduler, await Guard.Within(scheduler.Task, "the action"));
        var state = new TaskCompletionSource<object>();
        context.Scheduler.QueueAction(state.SetResult, "state");
        Assert.Equal("state", await Guard.Within(state.Task, "the action with state"));
        var task = new Task(static () => { });
        context.Scheduler.QueueTask(task);
        await Guard.Within(task, "the task");
    }
}
