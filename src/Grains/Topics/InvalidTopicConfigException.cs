namespace Actors.Grains.Topics;

/// <summary>A stored config cannot be read; someone else than this broker wrote it.</summary>
public sealed class InvalidTopicConfigException(string name, string reason) : Exception(reason)
{
    public string Name { get; } = name;
}
