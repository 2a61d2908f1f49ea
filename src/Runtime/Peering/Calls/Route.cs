using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>Where a call goes.</summary>
/// <param name="Kind">Which of the cases.</param>
/// <param name="Silo">The silo, for <see cref="RouteKind.At"/>.</param>
/// <param name="Reason">What the caller is told, for <see cref="RouteKind.Nowhere"/>.</param>
internal readonly record struct Route(RouteKind Kind, SiloAddress? Silo = null, string? Reason = null)
{
    public static Route Here { get; } = new(RouteKind.Here);

    public static Route Wait { get; } = new(RouteKind.Wait);

    public static Route At(SiloAddress silo) => new(RouteKind.At, silo);

    public static Route Nowhere(string reason) => new(RouteKind.Nowhere, Reason: reason);
}
