using Actors.Storage.Migrations;

namespace Actors.Storage.Tests.Migrations;

/// <summary>
/// A back end that enforces what the real ones do, and fails the test when it is asked for what would lose data. With
/// <paramref name="isSingle"/> the volume runs on one replica and leaves the other behind (qemu, files); without, on all alike (Mayastor, LINSTOR).
/// </summary>
/// <param name="isSingle">Whether it runs on one replica.</param>
/// <param name="pools">Where its replicas lie, the one that moves first.</param>
/// <param name="sizeBytes">Its size.</param>
internal sealed class ModelBackEnd(bool isSingle, IReadOnlyList<string> pools, long sizeBytes)
{
    public const long SizeBytes = 10_000_000_000;

    private const string ByHand = "x1";

    private readonly HashSet<string> _before = [.. pools.Select((_, index) => Id(index))];
    private int _made, _healed;

    /// <summary>One replica in cold-a, and without <paramref name="isSingle"/> another in cold-b.</summary>
    public ModelBackEnd(bool isSingle)
        : this(isSingle, isSingle ? ["cold-a"] : ["cold-a", "cold-b"], SizeBytes)
    {
    }

    public List<ReplicaView> Replicas { get; } = [.. pools.Select((pool, index) => new ReplicaView(Id(index), pool, true, false, true, sizeBytes))];

    public string? Active { get; private set; } = isSingle ? "r1" : null;

    public bool IsCopying { get; private set; }

    public long Speed { get; private set; }

    public bool IsStalled { get; set; }

    public bool IsPoolUsable { get; set; } = true;

    /// <summary>Where the next replica is made instead of where it should be.</summary>
    public string? Misplaces { get; set; }

    /// <summary>Removes the new replica when it is asked for the old one, as Mayastor may.</summary>
    public bool RemovesTheWrongOne { get; set; }

    /// <summary>Removes the replica that is to stay, or the one in its place, when it is asked for the old one.</summary>
    public bool RemovesTheOther { get; set; }

    /// <summary>Whether the replica that is to stay was lost.</summary>
    public bool HasLostTheOther { get; private set; }

    /// <summary>Whether another that the back end has made is in its place.</summary>
    public bool HasHealed => Replicas.Exists(IsHealed);

    public int Removals { get; private set; }

    public VolumeView View() => new([.. Replicas], Active, IsCopying, Speed, IsPoolUsable);

    public void Pass(long milliseconds)
    {
        for (var index = 0; index < Replicas.Count; index++)
        {
            var replica = Replicas[index];
            if (isSingle && replica.Id != Active && replica.IsInSync && _before.Contains(replica.Id) && milliseconds > 0)
                Replicas[index] = replica with { IsInSync = false }; // writes go to the active one
            if (IsHealed(replica))
            {
                Replicas[index] = replica with { IsInSync = true, SyncedBytes = sizeBytes };
                continue;
            }

            if (!IsCopying || IsStalled || replica.IsInSync || replica.IsFaulted || _before.Contains(replica.Id)) continue;
            var synced = Math.Min(sizeBytes, replica.SyncedBytes + Speed / 1_000 * milliseconds);
            Replicas[index] = replica with { SyncedBytes = synced, IsInSync = synced == sizeBytes };
            if (synced == sizeBytes) IsCopying = false;
        }
    }

    /// <summary>The new replica breaks, while it is not all there is of the volume and the old one is there still.</summary>
    public void FaultTarget()
    {
        if (Replicas.All(replica => replica.Id != "r1")) return;
        var index = Replicas.FindIndex(replica => replica.Id.StartsWith('n'));
        if (index >= 0 && Replicas[index].Id != Active) Replicas[index] = Replicas[index] with { IsFaulted = true, IsInSync = false };
    }

    /// <summary>The replica that is to stay is lost, as with its node, or removed by somebody else; the old one is there still.</summary>
    public void LoseTheOther()
    {
        if (Replicas.Exists(replica => replica.Id == "r1")) HasLostTheOther |= Replicas.RemoveAll(replica => replica.Id == "r2") > 0;
    }

    /// <summary>The back end makes another in its place by itself, which is in sync a moment later.</summary>
    public void Heal()
    {
        if (!HasLostTheOther || HasHealed) return;
        Replicas.Add(new(FormattableString.Invariant($"s{++_healed}"), "cold-s", false, false, true, 0));
    }

    /// <summary>Somebody else makes one more, by hand; it is whole at once.</summary>
    public void AddByHand()
    {
        if (!Replicas.Exists(IsByHand)) Replicas.Add(new(ByHand, "cold-x", true, false, true, sizeBytes));
    }

    /// <summary>And takes it away again.</summary>
    public void RemoveByHand() => Replicas.RemoveAll(IsByHand);

    /// <summary>Whether there is one that was made by hand.</summary>
    public bool HasOneByHand => Replicas.Exists(IsByHand);

    public void Perform(MigrationStep step, long grant) => Perform(step.Effect, step.State.TargetPool, step.Replica, grant);

    public void Perform(MigrationEffect effect, string targetPool, string? subject, long grant)
    {
        switch (effect)
        {
            case MigrationEffect.CreateTarget:
                Assert.True(Replicas.All(replica => _before.Contains(replica.Id) || IsHealed(replica) || IsByHand(replica)), "a second new replica was made");
                Replicas.Add(new($"n{++_made}", Misplaces ?? targetPool, false, false, false, 0));
                break;
            case MigrationEffect.StartCopy or MigrationEffect.SetSpeed:
                Assert.True(grant > 0, "a copy was started without a share");
                (IsCopying, Speed) = (true, grant);
                break;
            case MigrationEffect.StopCopy:
                (IsCopying, Speed) = (false, 0);
                break;
            case MigrationEffect.Verify:
                Change(subject!, replica => replica with { IsVerified = replica.IsInSync });
                break;
            case MigrationEffect.Switch:
                Assert.True(Replicas.Single(replica => replica.Id == subject).IsInSync, "the volume was put onto a replica that lacks data");
                if (isSingle) Active = subject;
                break;
            case MigrationEffect.RemoveReplica or MigrationEffect.ForgetReplica:
                Remove(subject!);
                break;
        }
    }

    /// <summary>The copy's rate has run out: nobody renewed it.</summary>
    public void LetRateEnd() => Speed = 0;

    private static string Id(int index) => FormattableString.Invariant($"r{index + 1}");

    private static bool IsHealed(ReplicaView replica) => replica.Id.StartsWith('s');

    private static bool IsByHand(ReplicaView replica) => replica.Id == ByHand;

    private void Remove(string id)
    {
        if (Replicas.All(replica => replica.Id != id)) return;
        Assert.True(id == "r1" || !_before.Contains(id), "a replica was removed that nobody asked to move");
        Assert.NotEqual(ByHand, id);
        Assert.NotEqual(Active, id);
        Assert.True(Replicas.Count > _before.Count, $"{id} was removed, and fewer are left than there were");
        Assert.All(Replicas.Where(replica => replica.Id != id), replica => Assert.True(replica.IsInSync, $"{id} was removed while {replica.Id} lacks data"));
        if (id == "r1") Assert.True(Replicas.Exists(replica => replica.Id.StartsWith('n') && replica.IsVerified), "the old replica was removed before the new one was verified");
        var removed = id != "r1" || isSingle ? id : RemovesTheWrongOne ? Replicas.Single(replica => replica.Id.StartsWith('n')).Id : RemovesTheOther ? Replicas.Find(replica => replica.Id == "r2" || IsHealed(replica))?.Id ?? id : id;
        HasLostTheOther |= removed == "r2";
        Replicas.RemoveAll(replica => replica.Id == removed);
        Removals++;
    }

    private void Change(string id, Func<ReplicaView, ReplicaView> change)
    {
        var index = Replicas.FindIndex(replica => replica.Id == id);
        if (index >= 0) Replicas[index] = change(Replicas[index]);
    }
}
