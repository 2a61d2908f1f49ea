using System.Text.Json.Nodes;
using Actors.Storage.Policies;

namespace Actors.Storage.Tests.Policies;

/// <summary>The status of a policy.</summary>
public sealed class StatusTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);

    /// <summary>A status in which everything has a value.</summary>
    public static StoragePolicyStatus Full { get; } = new StoragePolicyStatus
    {
        Phase = PolicyPhase.Active,
        WatchedVolumes = 6,
        HotVolumes = 1,
        WarmVolumes = 2,
        ColdVolumes = 3,
        ActiveMigrations = 1,
        LastReconcileTime = Now,
        ObservedGeneration = 4,
    }.With(Ended(1, success: false)).With(new PolicyCondition("Ready", "True", Now, "Reconciled", "All is well."));

    [Fact]
    public void R11_defect_11_a_later_reconcile_keeps_counters_history_and_times()
    {
        var later = StoragePolicyStatus.FromJson(Full.ToJson()) with { WatchedVolumes = 7 };

        Assert.Equal((1, 1, 1, 7), (later.TotalMigrations, later.FailedMigrations, later.MigrationHistory.Length, later.WatchedVolumes));
        Assert.Equal(Now, later.With(new PolicyCondition("Ready", "True", Now.AddHours(1), "Reconciled", "Still.")).Conditions.Single().LastTransitionTime);
        Assert.Equal(Now.AddHours(1), later.With(new PolicyCondition("Ready", "False", Now.AddHours(1), "Failed", "No.")).Conditions.Single().LastTransitionTime);
    }

    [Fact]
    public void Defect_12_a_failure_is_counted_and_told()
    {
        var status = new StoragePolicyStatus().With(Ended(1, success: true)).With(Ended(2, success: false));

        Assert.Equal((2, 1), (status.TotalMigrations, status.FailedMigrations));
        Assert.Equal("pool full", status.MigrationHistory[0].Error);
    }

    [Fact]
    public void Defect_20_a_policy_with_mistakes_is_in_error_says_all_of_them_and_keeps_what_it_counted()
    {
        var status = Full.With(["spec.samplingWindow is soon", "spec.dryRun is 1"], Now.AddHours(1));

        Assert.Equal((PolicyPhase.Error, 1, 1), (status.Phase, status.TotalMigrations, status.FailedMigrations));
        var ready = status.Conditions.Single();
        Assert.Equal(("Ready", "False", "Invalid", Now.AddHours(1)), (ready.Type, ready.Status, ready.Reason, ready.LastTransitionTime));
        Assert.Equal("Nothing moves by it until these 2 are put right: spec.samplingWindow is soon; spec.dryRun is 1.", ready.Message);
        Assert.StartsWith("Nothing moves by it until this is put right: ", new StoragePolicyStatus().With(["spec is missing"], Now).Conditions.Single().Message);
    }

    [Fact]
    public void The_history_holds_the_last_fifty_and_the_counters_all()
    {
        var status = Enumerable.Range(0, 60).Aggregate(new StoragePolicyStatus(), (before, number) => before.With(Ended(number, success: true)));

        Assert.Equal((60, 50, "v59", "v10"), (status.TotalMigrations, status.MigrationHistory.Length, status.MigrationHistory[0].VolumeName, status.MigrationHistory[^1].VolumeName));
    }

    [Fact]
    public void R14_a_status_comes_back_as_it_was()
    {
        var json = Full.ToJson();

        Assert.True(JsonNode.DeepEquals(json, StoragePolicyStatus.FromJson(json).ToJson()));
        Assert.Equal(4_321.5, (double)json["migrationHistory"]![0]!["triggerIOPS"]!);
        Assert.Equal("Active", (string?)json["phase"]);
        Assert.Equal(PolicyPhase.Pending, StoragePolicyStatus.FromJson(null).Phase);
    }

    private static MigrationRecord Ended(int number, bool success) => new($"v{number}", Now, "hot", "cold", 4_321.5, "2.5m", success, success ? null : "pool full");
}
