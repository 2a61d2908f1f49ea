namespace Actors.Gateway.Storage;

/// <summary>That an order over a volume was taken.</summary>
/// <param name="Id">The order's id, which the volume's migration shows.</param>
/// <param name="Remark">What whoever asked might not expect; null when there is nothing.</param>
internal sealed record OrderTakenAnswer(Guid Id, string? Remark);
