using System.Collections.Concurrent;
using System.Diagnostics;
using Actors.Gateway.Kafka;
using Actors.Gateway.Tests.Support;
using Actors.Grains.Tests.Support;
using Actors.Harness;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Tests.Telemetry;

/// <summary>One span for each request, and the calls to grains that it makes are below it.</summary>
public sealed class TraceTests
{
    private const string GrainCalls = "Microsoft.Orleans.Application";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Nobody_listens_and_nothing_is_allocated()
    {
        var header = new RequestHeader(ApiKey.Produce, 9, 1, "client"u8.ToArray());
        Assert.Null(GatewayTraces.StartProduce(header));
        Assert.Null(GatewayTraces.Start(header));
        Assert.Equal(0, Allocations.FewestBytes(() =>
        {
            for (var number = 0; number < 1_000; number++)
            {
                GatewayTraces.End(GatewayTraces.StartProduce(header), ErrorCode.None);
                GatewayTraces.End(GatewayTraces.Start(header), ErrorCode.None);
            }
        }));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    public async Task A_produce_has_a_span_and_the_grain_that_it_opens_is_below_it(short acks)
    {
        using var spans = new Spans();
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync($"traced-{acks}");

        await connection.ProduceWithAsync(acks, "t", TestBatch.Of(1));
        await TestGuard.UntilAsync(() => spans.Of($"traced-{acks}", "kafka Produce").Any(), "the span has ended");

        var span = spans.Of($"traced-{acks}", "kafka Produce").Single();
        Assert.Equal((ActivityKind.Server, ActivityStatusCode.Unset), (span.Kind, span.Status));
        Assert.Equal(("kafka", (short)9), (span.GetTagItem("messaging.system"), span.GetTagItem("messaging.kafka.api_version")));
        var opening = Assert.Single(spans.Ended, other => other.Source.Name == GrainCalls && other.TraceId == span.TraceId && other.GetTagItem("rpc.method") is "Open");
        Assert.Equal(span.SpanId, opening.ParentSpanId);
    }

    [Fact]
    public async Task Spans_of_pipelined_requests_are_not_below_one_another_and_errors_are_on_them()
    {
        using var spans = new Spans();
        await using var rig = await GatewayRig.StartAsync();
        await rig.CreateTopicAsync("t");
        await using var connection = await rig.ConnectAsync("pipelined");
        await connection.ProduceAsync("t", TestBatch.Of(1));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => connection.ProduceAsync(number == 7 ? "none" : "t", TestBatch.Of(1))));
        await TestGuard.UntilAsync(() => spans.Of("pipelined", "kafka Produce").Count() == 21, "all spans have ended");

        var produced = spans.Of("pipelined", "kafka Produce").ToList();
        Assert.All(produced, span => Assert.Equal(default, span.ParentSpanId));
        var failed = Assert.Single(produced, span => span.Status == ActivityStatusCode.Error);
        Assert.Equal("UnknownTopicOrPartition", failed.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Other_requests_have_spans_with_the_grains_they_call()
    {
        using var spans = new Spans();
        await using var rig = await GatewayRig.StartAsync();
        await using var connection = await rig.ConnectAsync("admin");

        await connection.SendAsync(new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = "made" }] }, Token);
        await TestGuard.UntilAsync(() => spans.Of("admin", "kafka Metadata").Any(), "the span has ended");

        var span = spans.Of("admin", "kafka Metadata").Single();
        Assert.Contains(spans.Ended, other => other.ParentSpanId == span.SpanId && other.GetTagItem("rpc.method") is "CreateTopics");
    }

    /// <summary>Every span that has ended in this process; other tests run beside, so look for a client of your own.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly ActivityListener _listener;

        public Spans()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name is GatewayTraces.SourceName or GrainCalls,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = Ended.Enqueue,
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public ConcurrentQueue<Activity> Ended { get; } = new();

        public IEnumerable<Activity> Of(string client, string name) =>
            Ended.Where(span => span.OperationName == name && span.GetTagItem("messaging.client.id") is string id && id == client);

        public void Dispose() => _listener.Dispose();
    }
}
