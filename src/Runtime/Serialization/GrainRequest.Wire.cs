using Actors.Runtime.Serialization;

namespace Actors.Runtime.Invocation;

public abstract partial class GrainRequest
{
    /// <summary>Generated: writes the arguments as the members of an object, numbered from 0; a cancellation token is left out.</summary>
    protected internal virtual void WriteArguments(ref WireWriter writer)
    {
    }

    /// <summary>Generated: reads one argument. False when this build's method has none of that number, and the value is to be skipped.</summary>
    protected internal virtual bool ReadArgument(ref WireReader reader, uint id, WireType type) => false;

    /// <summary>Writes all arguments as one object.</summary>
    public void WriteTo(ref WireWriter writer)
    {
        writer.BeginObject();
        WriteArguments(ref writer);
        writer.EndObject();
    }

    /// <summary>Reads all arguments from one object. Missing ones keep their defaults, unknown ones are passed over.</summary>
    public void ReadFrom(ref WireReader reader)
    {
        reader.BeginObject();
        while (reader.TryReadField(out var id, out var type, out _))
        {
            if (!ReadArgument(ref reader, id, type))
            {
                reader.Skip(type);
            }
        }

        reader.EndObject();
    }

    /// <summary>Writes the result, layout first; null's layout where the method has none.</summary>
    internal virtual void WriteResult(ref WireWriter writer) => writer.WriteElementType(WireType.Null);

    /// <summary>Reads the result.</summary>
    internal virtual void ReadResult(ref WireReader reader) => reader.Skip(reader.ReadElementType());

    /// <summary>
    /// Replaces the result by a deep copy, unless nobody can change it: the turn that made it calls this before it answers, so
    /// that the grain's state is not in two hands. Gives the error when the result cannot be copied.
    /// </summary>
    internal virtual Exception? DetachResult() => null;
}
