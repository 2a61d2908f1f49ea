namespace Actors.Agents.Messages;

/// <summary>A field that says everything by being there.</summary>
public sealed record EmptyMessage;
