using Actors.Runtime.Tests.Scheduling;
using Actors.Runtime.Tests.Support;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Calls;

/// <summary>Call filters see, change and refuse calls, on both sides.</summary>
public sealed class FilterTests
{
    [Fact]
    public async Task Filters_run_in_order_around_the_call()
    {
        var probe = new Probe();
        await using TestSilo silo = await TestSilo.StartAsync(builder => builder
            .AddIncomingGrainCallFilter(async context =>
            {
                probe.Add("in 1");
                await context.Invoke();
                probe.Add("out 1");
            })
            .AddIncomingGrainCallFilter(async context =>
            {
                probe.Add("in 2");
                await context.Invoke();
                probe.Add("out 2");
            })
            .AddOutgoingGrainCallFilter(async context =>
            {
                probe.Add("leaves");
                await context.Invoke();
                probe.Add("returns");
            }));
        Assert.Equal(5, await Guard.Within(silo.Grains.GetGrain<ICallGrain>("x").Add(2, 3), "the call"));
        Assert.Equal(["leaves", "in 1", "in 2", "out 2", "out 1", "returns"], probe.Log);
    }

    [Fact]
    public async Task A_filter_sees_who_calls_what()
    {
        string? seen = null, left = null;
        await using TestSilo silo = await TestSilo.StartAsync(builder => builder
            .AddIncomingGrainCallFilter(context =>
            {
                if (context.MethodName == nameof(ICallGrain.ReadContext))
                {
                    seen = $"{context.SourceId} -> {context.TargetId} {context.InterfaceName}.{context.MethodName}({context.Request.GetArgument(0)}) " +
                        $"{context.InterfaceMethod.DeclaringType!.Name} {context.ImplementationMethod.DeclaringType!.Name} {context.Grain.GetType().Name} " +
                        $"{context.TargetContext.GrainId} {context.InterfaceType} {context.Request.GetArgumentCount()}";
                    Assert.Same(context.TargetContext.Scheduler, TaskScheduler.Current);
                }

                return context.Invoke();
            })
            .AddOutgoingGrainCallFilter(context =>
            {
                if (context.MethodName == nameof(ICallGrain.ReadContext))
                {
                    left = $"{context.SourceContext?.GrainId} -> {context.TargetId} {((GrainReference)context.Grain).GrainId}";
                    Assert.Same(context.SourceContext?.Scheduler, TaskScheduler.Current);
                }

                return context.Invoke();
            }));
        await Guard.Within(silo.Grains.GetGrain<ICallGrain>("a").SetAndAsk("k", "v", "b"), "the call");
        Assert.Equal("test.call/a -> test.call/b test.ICallGrain.ReadContext(k) ICallGrain CallGrain CallGrain test.call/b test.ICallGrain 1", seen);
        Assert.Equal("test.call/a -> test.call/b test.call/b", left);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_filter_may_change_arguments_and_result(bool incoming)
    {
        await using TestSilo silo = await TestSilo.StartAsync(builder =>
        {
            async Task Change(Orleans.IGrainCallContext context)
            {
                if (context.MethodName != nameof(ICallGrain.Add))
                {
                    await context.Invoke();
                    return;
                }

                context.Request.SetArgument(0, 40);
                await context.Invoke();
                context.Result = (int)context.Result! + 100;
            }

            if (incoming)
            {
                builder.AddIncomingGrainCallFilter(context => Change(context));
            }
            else
            {
                builder.AddOutgoingGrainCallFilter(context => Change(context));
            }
        });
        Assert.Equal(142, await Guard.Within(silo.Grains.GetGrain<ICallGrain>("x").Add(1, 2), "the call"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_filter_may_refuse_and_sees_errors(bool incoming)
    {
        var probe = new Probe();
        await using TestSilo silo = await TestSilo.StartAsync(builder =>
        {
            async Task Check(Orleans.IGrainCallContext context)
            {
                if (context.MethodName == nameof(ICallGrain.Add))
                {
                    throw new UnauthorizedAccessException("no");
                }

                try
                {
                    await context.Invoke();
                }
                catch (InvalidOperationException error)
                {
                    probe.Add("saw " + error.Message);
                    throw;
                }
            }

            if (incoming)
            {
                builder.AddIncomingGrainCallFilter(context => Check(context));
            }
            else
            {
                builder.AddOutgoingGrainCallFilter(context => Check(context));
            }
        });
        ICallGrain grain = silo.Grains.GetGrain<ICallGrain>("x");
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Guard.Within(grain.Add(1, 2), "the refusal"));
        Assert.Equal("bang", (await Assert.ThrowsAsync<InvalidOperationException>(() => Guard.Within(grain.Fail("bang"), "the error"))).Message);
        Assert.Equal(["saw bang"], probe.Log);
    }

    [Fact]
    public async Task A_grain_filters_its_own_calls()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        Assert.Equal(3, await Guard.Within(silo.Grains.GetGrain<ICallGrain>("filtering").Add(1, 2), "the call"));
        Assert.Equal(["own filter before Add", "own filter after Add"], silo.Probe.Log);
    }

    [Fact]
    public async Task Filters_see_calls_of_every_kind()
    {
        int count = 0;
        await using TestSilo silo = await TestSilo.StartAsync(builder => builder
            .AddOutgoingGrainCallFilter(context =>
            {
                Interlocked.Increment(ref count);
                return context.Invoke();
            })
            .AddIncomingGrainCallFilter(async context =>
            {
                Interlocked.Increment(ref count);
                await Task.Yield();
                await context.Invoke();
            }));
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        Assert.Equal(1, await Guard.Within(grain.Fast(1), "Task<T>"));
        Assert.Equal(2, await Guard.Within(grain.FastValue(2).AsTask(), "ValueTask<T>"));
        await Guard.Within(grain.Nothing().AsTask(), "ValueTask");
        silo.Probe.Open("one way");
        await grain.OneWay("one way");
        await silo.Probe.Seen("one way-");
        Assert.Equal(8, count);
    }

    [Fact]
    public async Task A_filter_goes_on_behind_a_one_way_call_before_that_has_run()
    {
        var wentOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestSilo silo = await TestSilo.StartAsync(builder => builder.AddOutgoingGrainCallFilter(async context =>
        {
            await context.Invoke();
            wentOn.TrySetResult();
        }));
        await silo.Grains.GetGrain<IScriptGrain>("x").OneWay("step");
        await Guard.Within(wentOn.Task, "the filter behind its call");
        await silo.Probe.Seen("step+");
        silo.Probe.Open("step");
    }
}
