using System.Reflection;
using Actors.Grains.Overview;
using Actors.Grains.Tests.Support;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Actors.Grains.Tests.Overview;

/// <summary>The collector without a silo: what it counts, and that it counts no more than it has room for.</summary>
public sealed partial class CallCollectorTests
{
    private static readonly MethodInfo[] Methods = [.. typeof(Enumerable).GetMethods(), .. typeof(Queryable).GetMethods(), .. typeof(string).GetMethods(), .. typeof(Math).GetMethods()];

    [Fact]
    public async Task Ends_are_told_apart_and_what_has_not_ended_is_in_flight()
    {
        var time = new VirtualTime();
        using var collector = new CallCollector(time);
        await collector.Invoke(new Call("a", Methods[0], static () => Task.CompletedTask));
        await collector.Invoke(new Call("a", Methods[0], async () =>
        {
            time.Pass(5);
            await Task.Yield();
        }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => collector.Invoke(new Call("a", Methods[0], static () => throw new InvalidOperationException())));
        await Assert.ThrowsAsync<InvalidOperationException>(() => collector.Invoke(new Call("a", Methods[0], static () => Task.FromException(new InvalidOperationException()))));
        await Assert.ThrowsAsync<OperationCanceledException>(() => collector.Invoke(new Call("a", Methods[0], static () => throw new OperationCanceledException())));
        var hanging = new TaskCompletionSource();
        var hangs = collector.Invoke(new Call("a", Methods[0], () => hanging.Task));

        var calls = Assert.Single(collector.Read());
        Assert.Equal(("a", Methods[0].Name, 2, 2, 1, 1), (calls.Type, calls.Method, calls.Ok, calls.Errors, calls.Cancelled, calls.InFlight));
        Assert.Equal(5, calls.Latencies.Count);
        Assert.Equal(5_000, calls.Latencies.MaxMicroseconds);
        Assert.Equal(0, calls.Latencies.PercentileMs(0.5));

        hanging.SetResult();
        await hangs;
        Assert.Equal((3, 0), (collector.Read()[0].Ok, collector.Read()[0].InFlight));
    }

    [Fact]
    public async Task Durations_are_those_of_the_last_minute_and_counts_of_all_time()
    {
        var time = new VirtualTime();
        using var collector = new CallCollector(time);
        await CallAsync(7);
        time.Pass(CallStripe.WindowMs);
        await CallAsync(3);
        Assert.Equal((2, 7_000), (collector.Read()[0].Latencies.Count, collector.Read()[0].Latencies.MaxMicroseconds));
        time.Pass(CallStripe.WindowMs);
        Assert.Equal((1, 3_000), (collector.Read()[0].Latencies.Count, collector.Read()[0].Latencies.MaxMicroseconds));
        time.Pass(CallStripe.WindowMs);
        Assert.Equal(0, collector.Read()[0].Latencies.Count);
        await CallAsync(1);
        Assert.Equal((1, 1_000), (collector.Read()[0].Latencies.Count, collector.Read()[0].Latencies.MaxMicroseconds));
        Assert.Equal(3, collector.Read()[0].Ok);

        Task CallAsync(long milliseconds) => collector.Invoke(new Call("a", Methods[0], () =>
        {
            time.Pass(milliseconds);
            return Task.CompletedTask;
        }));
    }

    [Fact]
    public async Task A_first_turn_that_keeps_its_thread_is_a_stall()
    {
        var time = new VirtualTime();
        using var collector = new CallCollector(time);
        await collector.Invoke(new Call("a", Methods[0], () => Turn(999)));
        Assert.Equal(0, collector.Stalls);
        await collector.Invoke(new Call("a", Methods[0], () => Turn(1_000)));
        await collector.Invoke(new Call("a", Methods[0], async () =>
        {
            await Turn(1_000);
            await Task.Yield();
        }));
        var waiting = new TaskCompletionSource();
        var call = collector.Invoke(new Call("a", Methods[0], () => waiting.Task));
        time.Pass(5_000);
        waiting.SetResult();
        await call;
        Assert.Equal(2, collector.Stalls);

        Task Turn(long milliseconds)
        {
            time.Pass(milliseconds);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task At_high_rates_all_calls_are_counted_and_a_sample_is_timed()
    {
        const int Calls = 100_000;
        var time = new VirtualTime();
        using var collector = new CallCollector(time);
        await CallAsync(Calls);
        var burst = Assert.Single(collector.Read());
        Assert.Equal(Calls, burst.Ok);
        var stripes = Math.Max(1, Environment.ProcessorCount);
        Assert.InRange(burst.Latencies.Count, Calls / CallStripe.Stride, (stripes * (CallStripe.TimedPerEpoch + 1)) + (Calls / CallStripe.Stride));
        time.Pass(1_000);
        await CallAsync(CallStripe.TimedPerEpoch);
        Assert.Equal(burst.Latencies.Count + CallStripe.TimedPerEpoch, collector.Read()[0].Latencies.Count);

        async Task CallAsync(int calls)
        {
            for (var call = 0; call < calls; call++)
            {
                await collector.Invoke(new Call("a", Methods[0], static () => Task.CompletedTask));
            }
        }
    }

    [Fact]
    public async Task Methods_beyond_the_limit_are_counted_together()
    {
        using var collector = new CallCollector(new VirtualTime());
        const int Further = 40;
        for (var series = 0; series < CallCollector.MaxSeries + Further; series++)
        {
            await collector.Invoke(new Call($"type-{series}", Methods[series % Methods.Length], static () => Task.CompletedTask));
        }

        Assert.Equal(CallCollector.MaxSeries + 1, collector.Read().Count);
        Assert.Equal(Further, Assert.Single(collector.Read(), static calls => calls.Type == CallCollector.Others).Ok);
    }

    [Fact]
    public async Task Parts_of_the_runtime_are_left_out()
    {
        using var collector = new CallCollector(TimeProvider.System);
        await collector.Invoke(new Call("sys.svc.catalog", Methods[0], static () => Task.CompletedTask));
        Assert.Empty(collector.Read());
        await collector.Invoke(new Call("a", Methods[0], static () => Task.CompletedTask));
        Assert.Equal("a", Assert.Single(collector.Read()).Type);
    }

    [Fact]
    public async Task Many_threads_count_exactly()
    {
        using var collector = new CallCollector(TimeProvider.System);
        const int Calls = 20_000;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var call = 0; call < Calls; call++)
            {
                await collector.Invoke(new Call("a", Methods[worker % 2], static () => Task.CompletedTask));
            }
        })));
        Assert.Equal(8 * Calls, collector.Read().Sum(static calls => calls.Ok));
        Assert.All(collector.Read(), static calls => Assert.Equal(0, calls.InFlight));
    }

    private sealed partial class Call(string type, MethodInfo method, Func<Task> run) : IIncomingGrainCallContext
    {
        public IInvokable Request => throw new NotSupportedException();

        public object Grain => this;

        public GrainId? SourceId => null;

        public GrainId TargetId => GrainId.Create(type, "key");

        public GrainInterfaceType InterfaceType => throw new NotSupportedException();

        public string InterfaceName => "test";

        public string MethodName => method.Name;

        public MethodInfo InterfaceMethod => method;

        public MethodInfo ImplementationMethod => method;

        public IGrainContext TargetContext => throw new NotSupportedException();

        public object? Result { get; set; }

        public Task Invoke() => run();
    }
}
