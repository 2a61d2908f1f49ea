namespace Actors.Runtime.Generator.Models;

/// <summary>How generated code gets the codec of a type.</summary>
/// <param name="Expression">C# that gives the codec.</param>
/// <param name="TypeName">The type of its values, fully qualified.</param>
/// <param name="IsImmutable">Values are handed over without a copy.</param>
/// <param name="IsShared">The expression is a static field; otherwise it makes a codec, which the user keeps.</param>
internal sealed record CodecUse(string Expression, string TypeName, bool IsImmutable, bool IsShared);
