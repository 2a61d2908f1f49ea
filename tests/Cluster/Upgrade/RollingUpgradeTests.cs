using System.Text.Json;
using Actors.Harness;

namespace Actors.Cluster.Tests.Upgrade;

/// <summary>Silos of an older build are replaced one by one by this one, and back, while the cluster is used.</summary>
public sealed class RollingUpgradeTests
{
    [Fact]
    public async Task An_older_build_and_this_one_are_one_cluster()
    {
        var older = await OlderBuild.MakeAsync();
        await using var cluster = await SiloCluster.StartAsync(3, older);
        (await SiloCluster.RunAsync(cluster.Silos[0], "topics", "create", "before", "--partitions", $"{KeptState.Partitions}")).OutputOfSuccess();
        var state = new KeptState(cluster, "before");
        await state.WriteAsync();
        using var load = new TopicLoad(cluster);
        var loading = load.RunAsync();

        foreach (var (node, program) in ((int, string?)[])[(1, null), (2, null), (3, null), (2, older)]) // the way back is open as well
        {
            await cluster.RestartAsync(node, program);
            await load.AnswersAsync(6);
            await state.CheckAsync();
            await state.WriteAsync();
        }

        await state.CheckAsync();

        await load.EndAsync();
        await loading;
        Assert.Empty(load.Failures);
        Assert.NotEmpty(load.Made);
        foreach (var silo in cluster.Silos)
        {
            var list = JsonDocument.Parse((await SiloCluster.RunAsync(silo, "topics", "list", "--output", "json")).OutputOfSuccess()).RootElement.GetProperty("topics");
            var names = list.EnumerateArray().Select(static topic => topic.GetProperty("name").GetString()!).ToHashSet();
            Assert.Superset(load.Made.Append("before").ToHashSet(), names);
        }
    }
}
