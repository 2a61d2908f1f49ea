using System.Diagnostics;
using Actors.Runtime.Tests.Support;
using Orleans.Diagnostics;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Calls;

/// <summary>What goes along with a call: the request context and the trace.</summary>
public sealed class ContextTests
{
    [Fact]
    public async Task The_request_context_goes_with_calls_and_does_not_come_back()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        ICallGrain a = silo.Grains.GetGrain<ICallGrain>("a");
        RequestContext.Set("k", "outer");
        try
        {
            Assert.Equal("outer", await Guard.Within(a.ReadContext("k"), "a call"));
            Assert.Equal("inner inner", await Guard.Within(a.SetAndAsk("k", "inner", "b"), "a call through another"));
            Assert.Equal("outer", RequestContext.Get("k"));
        }
        finally
        {
            RequestContext.Clear();
        }

        Assert.Equal("nothing", await Guard.Within(a.ReadContext("k"), "a call without"));
    }

    [Fact]
    public void The_request_context_holds_values_by_key()
    {
        RequestContext.Set("a", 1);
        RequestContext.Set("b", 2);
        Assert.Equal(["a", "b"], RequestContext.Keys.Order());
        Assert.Equal(2, RequestContext.Entries.Count());
        Assert.True(RequestContext.Remove("a"));
        Assert.False(RequestContext.Remove("a"));
        Assert.Null(RequestContext.Get("a"));
        Assert.Equal(2, RequestContext.Get("b"));
        RequestContext.Clear();
        Assert.Empty(RequestContext.Keys);
    }

    [Fact]
    public async Task Calls_are_spans_under_their_callers()
    {
        var stopped = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is ActivitySources.ApplicationGrainActivitySourceName or "test",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (stopped)
                {
                    stopped.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using TestSilo silo = await TestSilo.StartAsync();
        using var source = new ActivitySource("test");
        using Activity root = source.StartActivity("root")!;
        string[] report = (await Guard.Within(silo.Grains.GetGrain<ICallGrain>("a").TraceThrough("b"), "the calls")).Split(' ');

        // a's span; the trace that b sees; b's parent
        Assert.Equal(root.TraceId.ToString(), report[1]);
        Assert.Equal(report[0], report[2]);
        await Guard.Until(() => Spans().Count == 2, "both spans to end");
        Activity a = Assert.Single(Spans(), static span => span.OperationName == "ICallGrain/TraceThrough");
        Assert.Equal(root.SpanId, a.ParentSpanId);
        Assert.Equal("test.call/a", a.GetTagItem("rpc.orleans.target_id"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Grains.GetGrain<ICallGrain>("a").Fail("bang"));
        await Guard.Until(() => Spans().Count == 3, "the failed call's span to end");
        Activity failed = Assert.Single(Spans(), static span => span.OperationName == "ICallGrain/Fail");
        Assert.Equal(ActivityStatusCode.Error, failed.Status);
        Assert.Same(root, Activity.Current);

        List<Activity> Spans()
        {
            lock (stopped)
            {
                return stopped.FindAll(span => span.TraceId == root.TraceId && span.Source.Name != "test");
            }
        }
    }

    [Fact]
    public async Task What_goes_on_after_its_call_is_of_the_same_trace_and_enters_no_span_that_has_ended()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        var root = new Activity("root");
        root.SetIdFormat(ActivityIdFormat.W3C);
        root.Start();
        await Guard.Within(silo.Grains.GetGrain<ICallGrain>("a").GoOn("go on", "b"), "the call");
        root.Stop();
        int thrown = 0;
        AppDomain.CurrentDomain.FirstChanceException += Count;
        silo.Probe.Open("go on");
        try
        {
            await Guard.Until(() => silo.Probe.Log.Any(static line => line.StartsWith("later ", StringComparison.Ordinal)), "the grain to go on");
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }

        Assert.StartsWith("later " + root.TraceId, silo.Probe.Log.Single(static line => line.StartsWith("later ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(0, thrown);

        void Count(object? sender, System.Runtime.ExceptionServices.FirstChanceExceptionEventArgs thrownOne) =>
            thrown += thrownOne.Exception is InvalidOperationException && thrownOne.Exception.StackTrace?.Contains(nameof(Activity), StringComparison.Ordinal) == true ? 1 : 0;
    }

    [Fact]
    public async Task The_callers_trace_is_carried_when_nobody_listens_to_calls()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        using var root = new Activity("root");
        root.SetIdFormat(ActivityIdFormat.W3C);
        root.Start();
        Assert.StartsWith(root.TraceId.ToString(), await Guard.Within(silo.Grains.GetGrain<ICallGrain>("a").Trace(), "the call"), StringComparison.Ordinal);
    }
}
