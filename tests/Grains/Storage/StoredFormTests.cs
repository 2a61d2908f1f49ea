using System.Text.Json;
using Actors.Grains.Storage;
using Actors.Storage.Migrations;
using Actors.Storage.Tiering;

namespace Actors.Grains.Tests.Storage;

/// <summary>What stores hold is read by later builds: the names in it are for good.</summary>
public sealed class StoredFormTests
{
    [Fact]
    public void A_volume_in_the_middle_of_its_move_is_read()
    {
        var state = JsonSerializer.Deserialize<VolumeState>("""
            {"Order":{"Id":"00112233-4455-4677-8899-aabbccddeeff","Volume":"v","Policy":"fast","FromTier":"cold","ToTier":"hot","TriggerIops":9000.5,
                      "Moves":[{"SourcePool":"cold-a","TargetPool":"hot-b","SourceNode":"a","TargetNode":"b"}],"SizeBytes":7,"CopyTimeoutMs":1800000,"DecidedAtMs":5,"NotBeforeMs":6},
             "Move":0,"Migration":{"SourcePool":"cold-a","TargetPool":"hot-b","Phase":"Copying","SinceMs":10,"Before":["r1"],"Source":"r1","Target":"n1","ProgressBytes":3,"ProgressAtMs":11,
                                   "CopiedMs":4,"Attempts":2,"NextTryMs":12,"IsHeld":true,"Reason":"why","IsForgetting":true},
             "IsAbortAsked":true,"End":{"Id":"00112233-4455-4677-8899-aabbccddeeff","Volume":"v","IsDone":true,"IsAborted":false,"Error":null,"BeganAtMs":5,"EndedAtMs":20},"LastOrder":null,"HasWork":true}
            """)!;

        Assert.True(state.HasWork);
        Assert.True(state.IsAbortAsked);
        Assert.Equal(("fast", 9000.5, 7, 1_800_000, 5, 6), (state.Order!.Policy, state.Order.TriggerIops, state.Order.SizeBytes, state.Order.CopyTimeoutMs, state.Order.DecidedAtMs, state.Order.NotBeforeMs));
        Assert.Equal(new OrderedMove { SourcePool = "cold-a", TargetPool = "hot-b", SourceNode = "a", TargetNode = "b" }, Assert.Single(state.Order.Moves));
        var expected = new MigrationState
        {
            Volume = "v",
            SourcePool = "cold-a",
            TargetPool = "hot-b",
            Phase = MigrationPhase.Copying,
            SinceMs = 10,
            Source = "r1",
            Target = "n1",
            ProgressBytes = 3,
            ProgressAtMs = 11,
            CopiedMs = 4,
            Attempts = 2,
            NextTryMs = 12,
            IsHeld = true,
            Reason = "why",
            IsForgetting = true,
            CountBefore = 1,
            IsTargetAsked = true,
        };
        var migration = state.Migration!.ToState("v");
        Assert.Equal(["r1"], migration.Before);
        Assert.Equal(expected, migration with { Before = expected.Before });
        Assert.Equal(migration with { Before = [] }, StoredMigration.Of(migration).ToState("v") with { Before = [] });
        Assert.Equal((true, 20), (state.End!.IsDone, state.End.EndedAtMs));
    }

    /// <summary>By builds that did not store whether the new replica was asked for: it may have been wherever a copy has run.</summary>
    [Theory]
    [InlineData("Planned", 0, null, false)]
    [InlineData("WaitingForSlot", 0, null, false)]
    [InlineData("Paused", 0, null, false)]
    [InlineData("WaitingForSlot", 4, null, true)]
    [InlineData("Paused", 4, null, true)]
    [InlineData("WaitingForSlot", 0, "n1", true)]
    [InlineData("Copying", 0, null, true)]
    [InlineData("Aborting", 0, null, true)]
    public void A_move_that_was_stored_by_an_older_build_is_read(string phase, long copiedMs, string? target, bool isAsked)
    {
        var read = JsonSerializer.Deserialize<StoredMigration>("""{"Before":["r1","r2"]}""")!;
        (read.Phase, read.CopiedMs, read.Target) = (phase, copiedMs, target);
        Assert.Equal((2, isAsked), (read.ToState("v").CountBefore, read.ToState("v").IsTargetAsked));

        var now = JsonSerializer.Deserialize<StoredMigration>("""{"Phase":"Copying","Before":["r1","r2","x1"],"CountBefore":2,"IsTargetAsked":false}""")!.ToState("v");
        Assert.Equal((2, false), (now.CountBefore, now.IsTargetAsked));
        Assert.Equal((2, false), (StoredMigration.Of(now).ToState("v").CountBefore, StoredMigration.Of(now).ToState("v").IsTargetAsked));
    }

    [Fact]
    public void Policies_memories_and_orders_are_read()
    {
        var policies = JsonSerializer.Deserialize<PoliciesState>("""{"Policies":{"fast":{"Json":"{}","Generation":3}},"ErasureCoding":["wide"],"HasWork":true}""")!;
        Assert.Equal(("{}", 3), (policies.Policies["fast"].Json, policies.Policies["fast"].Generation));
        Assert.Equal((null, null), (policies.Policies["fast"].SourceId, policies.Policies["fast"].Mistakes));
        Assert.Equal(["wide"], policies.ErasureCoding);
        var elsewhere = JsonSerializer.Deserialize<PoliciesState>("""{"Policies":{"slow":{"Json":"{}","Generation":3,"SourceId":"u","Mistakes":["spec is missing"]}}}""")!.Policies["slow"];
        Assert.Equal(("u", "spec is missing"), (elsewhere.SourceId, Assert.Single(elsewhere.Mistakes!)));

        var tiering = JsonSerializer.Deserialize<TieringState>("""
            {"Memories":{"v":{"Wanted":"Hot","InRow":2,"CountedAtMs":7,"CooldownUntilMs":8}},"Orders":{"w":{"Id":"00112233-4455-4677-8899-aabbccddeeff","Volume":"w"}},"Statuses":{"fast":"{}"},"Moved":{"x":9},"HasWork":true}
            """)!;
        Assert.Equal(9, tiering.Moved["x"]);
        Assert.Equal(new TierMemory(Tier.Hot, 2, 7, 8), tiering.Memories["v"].ToMemory());
        var cooling = new TierMemory(Tier.Warm, 1, 7, 8, OnSide: -4);
        Assert.Equal(cooling, StoredMemory.Of(cooling).ToMemory());
        Assert.Equal(new TierMemory(Tier.Hot, 2, 7, 8), StoredMemory.Of(tiering.Memories["v"].ToMemory()).ToMemory());
        Assert.Equal("w", tiering.Orders["w"].Volume);
        Assert.Equal("{}", tiering.Statuses["fast"]);
        Assert.True(tiering.HasWork);
    }
}
