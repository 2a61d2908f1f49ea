namespace Actors.Silo.Http;

/// <summary>Marks an endpoint that answers before the silo is ready and while it stops.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AnswersAlwaysAttribute : Attribute;
