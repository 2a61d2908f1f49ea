namespace Actors.Membership;

/// <summary>A row of the membership table is not what a silo writes. The view that a silo has already is not touched by it.</summary>
public sealed class MembershipRowException : Exception
{
    /// <param name="row">Which row, so that a person finds it.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <param name="remedy">What a person does about it.</param>
    /// <param name="cause">What was thrown below; null when nothing was.</param>
    public MembershipRowException(string row, string problem, string remedy, Exception? cause = null)
        : base($"The membership row {row} cannot be read: {problem} {remedy}", cause) => Row = row;

    /// <summary>Which row.</summary>
    public string Row { get; }
}
