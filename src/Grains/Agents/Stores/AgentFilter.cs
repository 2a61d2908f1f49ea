using Actors.Agents;

namespace Actors.Grains.Agents;

/// <summary>Which agents a list has. They come in the order of their ids as they are written.</summary>
public sealed record AgentFilter
{
    /// <summary>Most agents of one page.</summary>
    public const int MaxPage = 1_000;

    /// <summary>Only those after this one; the last of the page before. Null for the first page.</summary>
    public Guid? After { get; init; }

    /// <summary>Agents of the page, from 1 to <see cref="MaxPage"/>.</summary>
    public int Max { get; init; } = 100;

    /// <summary>Only those of this status; null for all.</summary>
    public AgentStatus? Status { get; init; }

    /// <summary>Only those that last said this of themselves; null for all.</summary>
    public AgentLifecycle? Lifecycle { get; init; }
}
