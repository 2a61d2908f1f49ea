using System.Diagnostics.Metrics;
using Actors.Grains.Topics;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Dashboard.Tests;

public sealed class OverviewTests
{
    private static readonly SiloFacts Silo = new("silo-1", 1, "1.2.3", "Active", [], "127.0.0.1:9092", TimeSpan.FromSeconds(61));

    [Fact]
    public async Task An_empty_silo_says_what_it_is()
    {
        var html = await RenderAsync(new(Silo, [], [], new Dictionary<string, long>(), 0));

        Assert.Contains("<title>silo-1 · Actors</title>", html);
        Assert.Contains("Node 1, version 1.2.3, active, up for 1 min 1 s.", html);
        Assert.Contains("There is no topic yet.", html);
        Assert.Contains("No consumer group is active.", html);
        Assert.Contains("No grain is awake.", html);
        Assert.DoesNotContain("class=\"problem\"", html);
    }

    [Fact]
    public async Task Topics_are_listed_with_what_is_wrong_with_them()
    {
        var html = await RenderAsync(new(Silo, [Topic("orders", 3)], [], new Dictionary<string, long> { ["controller"] = 1_234 }, 2));

        Assert.Contains("<td>orders</td>", html);
        Assert.Matches("<td class=\"number\">3</td>\\s*<td class=\"number\">1</td>\\s*<td class=\"number\">1</td>", html);
        Assert.Contains("Replicas open on this silo: 2.", html);
        Assert.Matches("<td>controller</td>\\s*<td class=\"number\">1,234</td>", html);
    }

    [Fact]
    public async Task What_others_named_is_text_and_never_markup()
    {
        var html = await RenderAsync(new(Silo with { Name = "<script>", Reasons = ["a & b"] }, [], [], new Dictionary<string, long>(), 0));

        Assert.DoesNotContain("<script>", html);
        Assert.Contains("&lt;script&gt;", html);
        Assert.Contains("<p class=\"problem\">a &amp; b</p>", html);
    }

    [Fact]
    public void Activations_are_read_from_their_metric()
    {
        using var meter = new Meter("Actors.Test.Activations");
        meter.CreateObservableGauge(
            "actors_grain_activations", () => (Measurement<long>[])[new(3, Type("a")), new(0, Type("b")), new(2, Type("a"))]);

        Assert.Equal(new Dictionary<string, long> { ["a"] = 5 }, ActivationCounts.Read());

        static KeyValuePair<string, object?> Type(string name) => new("type", name);
    }

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
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(Overview.Model)] = model });
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<Overview>(parameters)).ToHtmlString());
    }
}
