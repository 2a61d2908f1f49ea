using System.Diagnostics;
using Actors.Runtime.Tests.Support;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Calls;

[GrainType("test.call")]
public sealed class CallGrain(Probe probe) : Grain, ICallGrain, IIncomingGrainCallFilter
{
    private int[] _kept = [];

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (this.GetPrimaryKeyString() == "filtering")
        {
            probe.Add("own filter before " + context.MethodName);
            await context.Invoke();
            probe.Add("own filter after " + context.MethodName);
        }
        else
        {
            await context.Invoke();
        }
    }

    public Task<int> Add(int left, int right) => Task.FromResult(left + right);

    public async Task<int> Fail(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public Task<string> ReadContext(string key) => Task.FromResult(RequestContext.Get(key) as string ?? "nothing");

    public async Task<string> SetAndAsk(string key, string value, string other)
    {
        RequestContext.Set(key, value);
        string seen = await GrainFactory.GetGrain<ICallGrain>(other).ReadContext(key);
        return $"{seen} {RequestContext.Get(key)}";
    }

    public Task<string> Trace() => Task.FromResult($"{Activity.Current?.TraceId} {Activity.Current?.ParentSpanId}");

    public Task GoOn(string gate, string other)
    {
        _ = AskLaterAsync();
        return Task.CompletedTask;

        async Task AskLaterAsync()
        {
            await probe.Gate(gate);
            probe.Add("later " + await GrainFactory.GetGrain<ICallGrain>(other).Trace());
        }
    }

    public async Task<string> TraceThrough(string other)
    {
        string own = Activity.Current?.SpanId.ToString() ?? "none";
        return $"{own} {await GrainFactory.GetGrain<ICallGrain>(other).Trace()}";
    }

    public async Task<string> WaitForToken(string name, CancellationToken token)
    {
        probe.Add("waits " + name);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        }
        catch (OperationCanceledException)
        {
            probe.Add("cancelled " + name);
            throw;
        }

        return "never";
    }

    public Task<string> Impatient(string gate) => AtGate(gate);

    public Task<string> Patient(string gate) => AtGate(gate);

    public Task<string> Ordinary(string gate) => AtGate(gate);

    public Task<int[]> Keep(int[] values)
    {
        _kept = [.. _kept, .. values];
        return Task.FromResult(_kept);
    }

    private async Task<string> AtGate(string gate)
    {
        probe.Add(gate + "+");
        await probe.Gate(gate);
        probe.Add(gate + "-");
        return gate;
    }
}
