namespace Actors.Cli.Storage;

/// <summary>That a silo took an order over a volume.</summary>
internal sealed record OrderTaken(Guid Id, string? Remark);
