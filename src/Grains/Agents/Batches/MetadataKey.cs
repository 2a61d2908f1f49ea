namespace Actors.Grains.Agents;

/// <summary>Which value of which agent.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Name">The value's name.</param>
public readonly record struct MetadataKey(Guid Agent, string Name);
