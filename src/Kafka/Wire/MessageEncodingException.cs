using System.Diagnostics.CodeAnalysis;

namespace Actors.Kafka;

/// <summary>A message holds something that the version asked for cannot carry.</summary>
/// <param name="messageName">The message's name: <c>JoinGroupRequest</c>.</param>
/// <param name="fieldName">The field, with its struct where it is in one; "" where it is not known.</param>
/// <param name="version">The version asked for; -1 where it is not known.</param>
/// <param name="problem">What is wrong.</param>
/// <remarks>
/// <c>SizeOf</c> finds everything that <c>Write</c> would find, so a frame whose size was computed is written completely.
/// </remarks>
public sealed class MessageEncodingException(string messageName, string fieldName, short version, EncodingProblem problem)
    : Exception(Describe(messageName, fieldName, version, problem))
{
    /// <summary>The message's name.</summary>
    public string MessageName { get; } = messageName;

    /// <summary>The field, with its struct where it is in one; "" where it is not known.</summary>
    public string FieldName { get; } = fieldName;

    /// <summary>The version asked for; -1 where it is not known.</summary>
    public short Version { get; } = version;

    /// <summary>What is wrong.</summary>
    public EncodingProblem Problem { get; } = problem;

    [DoesNotReturn]
    internal static void ThrowNotInVersion(string messageName, string fieldName, short version) =>
        throw new MessageEncodingException(messageName, fieldName, version, EncodingProblem.NotInVersion);

    [DoesNotReturn]
    internal static void ThrowTooLong(string messageName, string fieldName, short version) =>
        throw new MessageEncodingException(messageName, fieldName, version, EncodingProblem.TooLong);

    internal static T NotNull<T>(T? value, string messageName, string fieldName, short version)
        where T : class =>
        value ?? throw new MessageEncodingException(messageName, fieldName, version, EncodingProblem.NullNotAllowed);

    private static string Describe(string messageName, string fieldName, short version, EncodingProblem problem)
    {
        var what = fieldName.Length > 0 ? $"{messageName}.{fieldName}" : messageName;
        return problem switch
        {
            EncodingProblem.NotInVersion => $"{what} is set, and version {version} lacks it.",
            EncodingProblem.NullNotAllowed => $"{what} is null, which version {version} does not allow.",
            _ => $"{what} is too long to be written.",
        };
    }
}
