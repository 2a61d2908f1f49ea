using Actors.Grains.Overview;
using Actors.Grains.Topics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Dashboard.Tests;

public sealed class OverviewTests
{
    /// <summary>What is not known, as it stands in the page.</summary>
    private const string Dash = "&#x2013;";

    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(1);

    private static readonly SiloDescription Silo = new()
    {
        Name = "silo-1",
        NodeId = 1,
        Version = "1.2.3",
        Status = "Active",
        Kafka = "127.0.0.1:9092",
        Http = "127.0.0.1:8080",
        StartedAt = Now.AddSeconds(-61),
    };

    [Fact]
    public async Task An_empty_silo_says_what_it_is()
    {
        var html = await RenderAsync(ModelOf(Silo));

        Assert.Contains("<title>silo-1 · Actors</title>", html);
        Assert.Contains("Node 1, version 1.2.3, active, up for 1 min 1 s.", html);
        Assert.Contains("There is no topic yet.", html);
        Assert.Contains("No consumer group is active.", html);
        Assert.Contains("This silo stands alone.", html);
        Assert.DoesNotContain("class=\"problem\"", html);
    }

    [Fact]
    public async Task Topics_are_listed_with_what_is_wrong_with_them()
    {
        var html = await RenderAsync(ModelOf(Silo) with { Topics = [Topic("orders", 3)], OpenReplicas = 2 });

        Assert.Contains("<td>orders</td>", html);
        Assert.Matches("<td class=\"number\">3</td>\\s*<td class=\"number\">1</td>\\s*<td class=\"number\">1</td>", html);
        Assert.Contains("Replicas open on this silo: 2.", html);
    }

    [Fact]
    public async Task All_silos_are_shown_with_their_grains_and_calls()
    {
        var latencies = new Latencies { Counts = [.. Enumerable.Repeat(0L, Latencies.BucketOf(1_500)), 4], MaxMicroseconds = 1_500 };
        var report = Report(Silo, new ClassReport { Type = "controller", Activations = 1_234, WaitingCalls = 5, LongestQueue = 3 }) with
        {
            Calls = [new CallReport { Type = "controller", Method = "Create", Ok = 7_000, Errors = 6, Cancelled = 2, InFlight = 3, Latencies = latencies }],
            Stalls = 9,
        };
        var cluster = new ClusterReport
        {
            View = 17,
            Silos = [Entry(Silo, report), new() { Name = "silo-2", NodeId = 2, Address = "S2", Status = "Dead" }],
        };
        var html = await RenderAsync(ModelOf(Silo) with { Cluster = cluster });

        Assert.Contains("View 17, as this silo has it.", html);
        Assert.Matches("<td class=\"number\">1</td>\\s*<td>silo-1</td>\\s*<td>Active</td>\\s*<td>1 min 1 s</td>\\s*<td>1.2.3</td>", html);
        Assert.Matches($"<td class=\"number\">2</td>\\s*<td>silo-2</td>\\s*<td>Dead</td>\\s*<td>{Dash}</td>\\s*<td>{Dash}</td>", html);
        Assert.Matches($"<td>controller</td>\\s*<td class=\"number\">1,234</td>\\s*<td class=\"number\">{Dash}</td>\\s*<td class=\"number\">5</td>", html);
        Assert.Matches("<td>Create</td>\\s*<td class=\"number\">7,000</td>\\s*<td class=\"number\">6</td>\\s*<td class=\"number\">2</td>\\s*<td class=\"number\">3</td>\\s*<td class=\"number\">1.5</td>", html);
    }

    [Fact]
    public async Task What_a_runtime_does_not_tell_is_a_dash()
    {
        var report = Report(Silo, new ClassReport { Type = "controller", Activations = 1 });
        var html = await RenderAsync(ModelOf(Silo) with { Cluster = new() { View = 1, Silos = [Entry(Silo, report)] } });

        Assert.Matches($"<td>controller</td>\\s*<td class=\"number\">1</td>\\s*<td class=\"number\">{Dash}</td>", html);
    }

    [Fact]
    public async Task A_grain_that_was_asked_for_is_shown()
    {
        var grain = new GrainReport
        {
            Type = "counter",
            Key = "a/b",
            HomeNodeId = 3,
            ActiveNodeId = 2,
            Activation = new() { RunningCalls = 1, WaitingCalls = 7, Timers = [new()] },
            States = [new() { Name = "count", Json = "{\"n\":5}" }, new() { Name = "other", Problem = "The store is away." }, new() { Name = "empty" }],
            Unheard = ["silo-4"],
        };
        var html = await RenderAsync(ModelOf(Silo) with { Grain = new("counter/a/b", grain, null) });

        Assert.Contains("value=\"counter/a/b\"", html);
        Assert.Contains("<th>key</th><td>a/b</td>", html);
        Assert.Contains("<th>home</th><td>node 3</td>", html);
        Assert.Contains("<th>active</th><td>on node 2</td>", html);
        Assert.Contains("<th>calls</th><td>1 running, 7 waiting</td>", html);
        Assert.Contains("<th>timers</th><td>1</td>", html);
        Assert.Matches("<th>state count</th><td>\\s*<code class=\"state\">{&quot;n&quot;:5}</code>", html);
        Assert.Matches("<th>state other</th><td>\\s*<span class=\"problem\">The store is away.</span>", html);
        Assert.Matches($"<th>state empty</th><td>\\s*<code class=\"state\">{Dash}</code>", html);
        Assert.Contains("<th>not heard</th><td>silo-4</td>", html);
    }

    [Fact]
    public async Task A_grain_that_cannot_be_shown_is_told_of()
    {
        var html = await RenderAsync(ModelOf(Silo) with { Grain = new("nobody/x", null, "No grain class is called 'nobody'.") });

        Assert.Contains("<p class=\"problem\">No grain class is called &#x27;nobody&#x27;.</p>", html);
        Assert.DoesNotContain("<table id=\"grain\">", html);
    }

    [Fact]
    public async Task What_others_named_is_text_and_never_markup()
    {
        var html = await RenderAsync(ModelOf(Silo with { Name = "<script>", Reasons = ["a & b"] }));

        Assert.DoesNotContain("<script>", html);
        Assert.Contains("&lt;script&gt;", html);
        Assert.Contains("<p class=\"problem\">a &amp; b</p>", html);
    }

    private static OverviewModel ModelOf(SiloDescription silo) => new(silo, Now, new() { View = 0, Silos = [Entry(silo, Report(silo))] }, [], [], 0);

    private static SiloReport Report(SiloDescription silo, params ClassReport[] classes) => new() { Silo = silo, Address = "S1", Classes = classes };

    private static SiloEntry Entry(SiloDescription silo, SiloReport report) =>
        new() { Name = silo.Name, NodeId = silo.NodeId, Address = report.Address, Status = silo.Status, Reasons = silo.Reasons, Report = report };

    private static CatalogTopic Topic(string name, int partitions)
    {
        var id = new Guid(1, 0, 0, new byte[8]);
        return new(new(
            new() { Id = id, Name = name, Configs = new Dictionary<string, string>() },
            [.. Enumerable.Range(0, partitions).Select(index => new PartitionRow
            {
                TopicId = id,
                Index = index,
                Replicas = [1, 2],
                LeaderId = index == 0 ? PartitionRow.NoLeader : 1,
                LeaderEpoch = 0,
                LeaderIncarnation = 1,
                InSyncReplicas = index == 1 ? [1] : [1, 2],
                PartitionEpoch = 0,
            })]));
    }

    private static async Task<string> RenderAsync(OverviewModel model)
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(Dashboard.Overview.Model)] = model });
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<Dashboard.Overview>(parameters)).ToHtmlString());
    }
}
