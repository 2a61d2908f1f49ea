using System.Net;
using Actors.Runtime.Cluster;
using Orleans.Runtime;

namespace Actors.Simulation.Tests.Machines;

/// <summary>Silos A to E on nodes 0 to 4, and views of them.</summary>
internal static class Silos
{
    public static SiloAddress A { get; } = Of(0);

    public static SiloAddress B { get; } = Of(1);

    public static SiloAddress C { get; } = Of(2);

    public static SiloAddress D { get; } = Of(3);

    public static SiloAddress E { get; } = Of(4);

    public static SiloAddress Of(int nodeId, int generation = 1) => SiloAddress.New(IPAddress.Loopback, 11_000 + nodeId, generation);

    public static ClusterView View(long version, params SiloAddress[] active) => new(version, [.. active.Select(static silo => Member(silo, SiloStatus.Active))]);

    public static ViewMember Member(SiloAddress silo, SiloStatus status) => new(silo, silo.Endpoint.Port - 11_000, status);

    /// <summary>The next view, in which a silo was declared dead by another.</summary>
    public static ClusterView Dead(this ClusterView view, SiloAddress silo, SiloAddress by) => view.With(Member(silo, SiloStatus.Dead) with { Voters = [by] });

    public static ClusterView Left(this ClusterView view, SiloAddress silo) => view.With(Member(silo, SiloStatus.Dead));

    public static ClusterView Is(this ClusterView view, SiloAddress silo, SiloStatus status) => view.With(Member(silo, status));

    /// <summary>A grain whose home is one silo in each of the views.</summary>
    public static GrainId GrainOf(params (ClusterView View, SiloAddress Home)[] homes) => Enumerable.Range(0, 10_000)
        .Select(static number => GrainId.Create("test", $"grain-{number}"))
        .First(grain => homes.All(one => one.Home.Equals(one.View.HomeOf(grain))));
}
