using System.Text.Json.Nodes;
using Actors.Grains.Tests.Support;
using Actors.Silo.Stores.Kubernetes;
using Actors.Silo.Stores.Kubernetes.Policies;
using Actors.Storage.Policies;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Silo.Tests.Stores.Kubernetes.Policies;

/// <summary>Policies that people keep in Kubernetes: how they are followed.</summary>
public sealed class KubernetesPolicySourceTests : IAsyncLifetime
{
    private KubernetesRig _rig = null!;
    private KubernetesPolicySource _source = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await KubernetesRig.StartAsync();
        _source = Open();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Without_policies_the_set_is_empty()
    {
        await using var sets = Watch();
        var set = await NextAsync(sets);

        Assert.Empty(set.Policies);
        Assert.Empty(set.ErasureCodingPolicies);
    }

    [Fact]
    public async Task R14_defect_1_a_policy_comes_as_it_was_written_with_the_defaults_of_its_definition()
    {
        var spec = PolicyFields.Read((JsonObject)JsonNode.Parse("""
            {"highWatermarkIOPS":6000,"samplingWindow":"90m","hotPoolSelector":{"matchLabels":{"tier":"hot"}},
             "coldPoolSelector":{"matchExpressions":[{"key":"tier","operator":"NotIn","values":["hot"]}]},"volumeSelector":{"matchLabels":{"app":"db"}},"dryRun":true}
            """)!, []);
        PutPolicy("databases", PolicyFields.Write(spec));

        await using var sets = Watch();
        var policy = Assert.Single((await NextAsync(sets)).Policies);

        Assert.Equal(("databases", 1), (policy.Name, policy.Generation));
        Assert.Empty(policy.Mistakes);
        Assert.True(JsonNode.DeepEquals(PolicyFields.Write(spec), PolicyFields.Write(policy.Policy!.Spec)));
        Assert.Equal(PolicyPhase.Pending, policy.Status.Phase);
    }

    [Fact]
    public async Task Lists_are_read_in_pages_and_are_whole_before_they_count()
    {
        for (var number = 0; number < 450; number++) PutPolicy(FormattableString.Invariant($"p{number:000}"));

        await using var sets = Watch();
        var set = await NextAsync(sets);

        Assert.Equal(Enumerable.Range(0, 450).Select(static number => FormattableString.Invariant($"p{number:000}")), set.Policies.Select(static policy => policy.Name));
        Assert.Equal([0, 50, 200, 200], _rig.Server.Pages.Order()); // none of the other kind
    }

    [Fact]
    public async Task A_list_that_becomes_too_old_between_two_pages_is_begun_again()
    {
        for (var number = 0; number < 250; number++) PutPolicy(FormattableString.Invariant($"p{number:000}"));
        var isCompacted = false;
        _rig.Server.Intercept = context =>
        {
            if (context.Request.Query.ContainsKey("continue") && !isCompacted)
            {
                isCompacted = true;
                _rig.Server.Remove(FakeApiServer.StoragePolicies, "p000");
                _rig.Server.Compact(changesElsewhere: 1);
            }

            return Task.FromResult(false);
        };

        await using var sets = Watch();
        var set = await NextAsync(sets);

        Assert.True(isCompacted);
        Assert.Equal((249, "p001"), (set.Policies.Count, set.Policies[0].Name)); // nothing of the list that was broken off
    }

    [Fact]
    public async Task What_people_change_is_told_and_only_that()
    {
        PutPolicy("a");
        await using var sets = Watch();
        var first = Assert.Single((await NextAsync(sets)).Policies);
        var next = NextAsync(sets);
        await WatchedAsync();

        // The answer to a status would otherwise be another reconcile, and its status another.
        Assert.True(await _source.WriteStatusAsync(first, new StoragePolicyStatus { Phase = PolicyPhase.Active }, CancellationToken.None));
        PutPolicy("b");
        Assert.Equal(["a", "b"], (await next).Policies.Select(static policy => policy.Name));

        PutPolicy("a", Spec(6_000));
        var changed = await NextAsync(sets);
        Assert.Equal((2, 6_000, PolicyPhase.Active), (changed.Policies[0].Generation, changed.Policies[0].Policy!.Spec.HighWatermarkIops, changed.Policies[0].Status.Phase));

        _rig.Server.Remove(FakeApiServer.StoragePolicies, "a");
        Assert.Equal(["b"], (await NextAsync(sets)).Policies.Select(static policy => policy.Name));
        Assert.Equal(2, _rig.Server.Pages.Count); // one list of each kind
    }

    [Fact]
    public async Task A_policy_that_was_deleted_and_made_again_is_another_one()
    {
        PutPolicy("a");
        await using var sets = Watch();
        var first = Assert.Single((await NextAsync(sets)).Policies);
        var next = NextAsync(sets);
        await WatchedAsync();
        _rig.Server.DeafenWatches();
        _rig.Server.Remove(FakeApiServer.StoragePolicies, "a");
        PutPolicy("a");
        _rig.Server.Compact(changesElsewhere: 1);
        _rig.Server.CutDeafWatches();

        var second = Assert.Single((await next).Policies); // the generation is the same
        Assert.Equal((first.Name, first.Generation), (second.Name, second.Generation));
        Assert.NotEqual(first.Id, second.Id);
        Assert.False(await _source.WriteStatusAsync(first, new StoragePolicyStatus(), CancellationToken.None));
        Assert.Null(_rig.Server.Read(FakeApiServer.StoragePolicies, "a")["status"]);
    }

    [Theory]
    [InlineData("cut")] // the connection breaks
    [InlineData("ended")] // the server ends it, as it does after a while
    [InlineData("bookmarked")] // it goes on from a bookmark though all changes before that are forgotten
    public async Task A_watch_goes_on_from_where_it_was_without_another_list(string trouble)
    {
        PutPolicy("a");
        await using var sets = Watch();
        await NextAsync(sets);
        var next = NextAsync(sets);
        await WatchedAsync();
        if (trouble == "bookmarked")
        {
            PutPolicy("a"); // no change of the spec
            _rig.Server.SendBookmarks();
            _rig.Server.Compact(changesElsewhere: 0);
        }

        _rig.Server.CutWatches(withConnection: trouble == "cut");
        PutPolicy("b");

        Assert.Equal(["a", "b"], (await next).Policies.Select(static policy => policy.Name));
        Assert.Equal(2, _rig.Server.Pages.Count);
    }

    [Fact]
    public async Task After_410_Gone_the_list_is_read_again_and_what_was_deleted_meanwhile_is_gone()
    {
        PutPolicy("a");
        PutPolicy("b");
        await using var sets = Watch();
        await NextAsync(sets);
        var next = NextAsync(sets);
        await WatchedAsync();
        _rig.Server.DeafenWatches(); // it does not hear what follows, and is cut off before it says so
        _rig.Server.Remove(FakeApiServer.StoragePolicies, "a");
        _rig.Server.Compact(changesElsewhere: 1);
        _rig.Server.CutDeafWatches();

        Assert.Equal(["b"], (await next).Policies.Select(static policy => policy.Name));
        Assert.InRange(_rig.Server.Pages.Count, 3, 4); // the other kind's too, sooner or later
    }

    [Fact]
    public async Task A_watch_that_hears_nothing_for_too_long_reads_the_list_again()
    {
        _source = Open(static options => options with { WatchTimeout = TimeSpan.FromMilliseconds(100), OperationTimeout = TimeSpan.FromMilliseconds(400) });
        PutPolicy("a");
        await using var sets = Watch();
        await NextAsync(sets);
        var next = NextAsync(sets);
        await WatchedAsync();
        _rig.Server.DeafenWatches();
        PutPolicy("b");

        Assert.Equal(["a", "b"], (await next).Policies.Select(static policy => policy.Name));
    }

    [Fact]
    public async Task Every_mistake_is_told_at_once_and_the_others_are_read()
    {
        PutPolicy("good");
        // As it was stored before its definition had rules.
        _rig.Server.Put(FakeApiServer.StoragePolicies, Policy("bad", (JsonObject)JsonNode.Parse("""
            {"highWatermarkIOPS":"many","samplingWindow":"soon","hotPoolSelector":{"matchExpressions":[{"key":"a","operator":"Near"}]},"highWatermarkIops":3}
            """)!), isChecked: false);

        await using var sets = Watch();
        var set = await NextAsync(sets);

        Assert.Equal(["bad", "good"], set.Policies.Select(static policy => policy.Name));
        Assert.Null(set.Policies[0].Policy);
        Assert.NotNull(set.Policies[1].Policy);
        Assert.Equal(
            ["StoragePolicy bad: spec.highWatermarkIOPS", "StoragePolicy bad: spec.highWatermarkIops", "StoragePolicy bad: spec.hotPoolSelector.matchExpressions[0].operator", "StoragePolicy bad: spec.samplingWindow"],
            set.Policies[0].Mistakes.Select(static mistake => mistake.Split(" is ")[0]).Order(StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_kind_that_the_server_does_not_know_yet_is_waited_for()
    {
        PutPolicy("a");
        _rig.Server.UnknownKinds.Add(FakeApiServer.StoragePolicies);
        await using var sets = Watch();
        var next = NextAsync(sets);
        await TestGuard.UntilAsync(() => _rig.Time.Waits.Count(static wait => wait > TimeSpan.Zero && wait < TimeSpan.FromMilliseconds(100)) > 1, "two pauses");
        Assert.False(next.IsCompleted);

        _rig.Server.UnknownKinds.Clear();
        Assert.Single((await next).Policies);
    }

    [Fact]
    public async Task Erasure_coding_policies_are_followed_too()
    {
        _rig.Server.Put(FakeApiServer.ErasureCodingPolicies, Object("ErasureCodingPolicy", "ec", (JsonObject)JsonNode.Parse("""{"dataShards":8,"algorithm":"LRC"}""")!));
        await using var sets = Watch();
        var policy = Assert.Single((await NextAsync(sets)).ErasureCodingPolicies);
        Assert.Equal(("ec", 1, false), (policy.Name, policy.Generation, policy.IsAnswered));
        var next = NextAsync(sets);
        await WatchedAsync();

        _rig.Server.Remove(FakeApiServer.ErasureCodingPolicies, "ec");
        Assert.Empty((await next).ErasureCodingPolicies);
    }

    [Fact]
    public async Task Whoever_stops_to_look_leaves_no_watch_behind()
    {
        await using (var sets = Watch())
        {
            await NextAsync(sets);
            using var stopping = new CancellationTokenSource();
            await using var other = _source.WatchAsync(stopping.Token).GetAsyncEnumerator();
            await NextAsync(other);
            var waiting = other.MoveNextAsync().AsTask();
            await TestGuard.UntilAsync(() => _rig.Server.Watches >= 2, "watches");
            await stopping.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TestGuard.SoonAsync(waiting, "the end"));
        }

        await TestGuard.UntilAsync(() => _rig.Server.Watches == 0, "the end of all watches");
    }

    private KubernetesPolicySource Open(Func<KubernetesOptions, KubernetesOptions>? change = null) => new(_rig.Ask(change), NullLogger<KubernetesPolicySource>.Instance);

    private IAsyncEnumerator<PolicySet> Watch() => _source.WatchAsync(CancellationToken.None).GetAsyncEnumerator();

    private static async Task<PolicySet> NextAsync(IAsyncEnumerator<PolicySet> sets)
    {
        Assert.True(await sets.MoveNextAsync().AsTask().WaitAsync(TestGuard.Limit));
        return sets.Current;
    }

    private Task WatchedAsync() => TestGuard.UntilAsync(() => _rig.Server.Watches == 2, "a watch of each kind");

    private void PutPolicy(string name, JsonObject? spec = null) => _rig.Server.Put(FakeApiServer.StoragePolicies, Policy(name, spec ?? Spec(5_000)));

    private static JsonObject Spec(long high) => new() { ["highWatermarkIOPS"] = high, ["hotPoolSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["tier"] = "hot" } } };

    private static JsonObject Policy(string name, JsonObject spec) => Object(StoragePolicy.Kind, name, spec);

    private static JsonObject Object(string kind, string name, JsonObject spec) => new()
    {
        ["apiVersion"] = StoragePolicy.ApiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = spec,
    };
}
