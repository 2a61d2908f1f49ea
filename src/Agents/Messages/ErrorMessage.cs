namespace Actors.Agents.Messages;

/// <summary>Something that the hub did not do, or that it is about to do to the connection.</summary>
public sealed record ErrorMessage
{
    /// <summary>What, for programs; docs/agents.md lists them.</summary>
    public string Code { get; init; } = "";

    /// <summary>What, for people.</summary>
    public string Text { get; init; } = "";

    /// <summary>The peer that it is about, if it is about one.</summary>
    public Guid? Id { get; init; }

    /// <summary>Milliseconds to wait before connecting or asking again.</summary>
    public int? RetryAfterMs { get; init; }
}
