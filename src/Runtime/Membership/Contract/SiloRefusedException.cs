using Orleans;
using Orleans.Runtime;

namespace Actors.Membership;

/// <summary>A silo was not let into the membership table because of another one that is in it and not dead. Nothing was changed.</summary>
public sealed class SiloRefusedException : Exception
{
    private SiloRefusedException(MembershipEntry silo, string holderName, SiloAddress holder, string because)
        : base($"{silo.SiloName} at {silo.SiloAddress} cannot join: {because}")
    {
        Silo = silo.SiloAddress;
        Holder = holder;
        HolderName = holderName;
    }

    /// <summary>Who was refused.</summary>
    public SiloAddress Silo { get; }

    /// <summary>Because of whom.</summary>
    public SiloAddress Holder { get; }

    /// <summary>The name of that silo.</summary>
    public string HolderName { get; }

    /// <summary>Two living silos would have one node id.</summary>
    public static SiloRefusedException SameNode(MembershipEntry silo, string holderName, SiloAddress holder) => new(
        silo,
        holderName,
        holder,
        $"{holderName} at {holder} has the same node id and is not dead. Give each silo a node id of its own; the same silo started again waits until its former run is declared dead.");

    /// <summary>The table is for one silo.</summary>
    public static SiloRefusedException NotAlone(MembershipEntry silo, string holderName, SiloAddress holder) => new(
        silo,
        holderName,
        holder,
        $"{holderName} at {holder} is embedded, a cluster of one silo whose membership nobody else sees. Give all silos one shared store.");
}
