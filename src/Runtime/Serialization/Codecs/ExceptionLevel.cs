using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Actors.Runtime.Serialization;

/// <summary>The members of <see cref="Exception"/>, the first level of every exception on the wire: 0 message, 1 stack trace, 2 inner exception, 3 HResult.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ExceptionLevel
{
    private const int MaxStackTraceCharacters = 8 * 1024;

    /// <summary>A new exception whose constructor did not run: its message and its facts are then read.</summary>
    public static T Create<T>()
        where T : Exception => (T)RuntimeHelpers.GetUninitializedObject(typeof(T));

    /// <summary>Writes this level.</summary>
    public static void WriteChain(ref WireWriter writer, Exception value)
    {
        BuiltInCodecs.String.WriteField(ref writer, 0, WellFormed(value.Message));
        BuiltInCodecs.String.WriteField(ref writer, 1, Shortened(value.StackTrace));
        BuiltInCodecs.Exception.WriteField(ref writer, 2, value.InnerException);
        BuiltInCodecs.Int32.WriteField(ref writer, 3, value.HResult);
    }

    /// <summary>Reads this level; true when a derived one follows.</summary>
    public static bool ReadChain(ref WireReader reader, Exception value)
    {
        bool moreLevels;
        while (reader.TryReadField(out var id, out var type, out moreLevels))
        {
            switch (id)
            {
                case 0:
                    Message(value) = BuiltInCodecs.String.ReadValue(ref reader, type);
                    break;
                case 1:
                    if (BuiltInCodecs.String.ReadValue(ref reader, type) is { Length: > 0 } stackTrace)
                    {
                        ExceptionDispatchInfo.SetRemoteStackTrace(value, stackTrace);
                    }

                    break;
                case 2:
                    InnerException(value) = BuiltInCodecs.Exception.ReadValue(ref reader, type);
                    break;
                case 3:
                    value.HResult = BuiltInCodecs.Int32.ReadValue(ref reader, type);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return moreLevels;
    }

    /// <summary>Whatever the text of an exception is, it can be written.</summary>
    internal static string WellFormed(string text) =>
        string.Create(text.Length, text, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                var isLow = i > 0 && char.IsSurrogatePair(source[i - 1], source[i]);
                var isHigh = i + 1 < source.Length && char.IsSurrogatePair(source[i], source[i + 1]);
                target[i] = char.IsSurrogate(source[i]) && !isLow && !isHigh ? '\uFFFD' : source[i];
            }
        });

    private static string? Shortened(string? stackTrace) =>
        stackTrace is null ? null : WellFormed(stackTrace.Length <= MaxStackTraceCharacters ? stackTrace : stackTrace[..MaxStackTraceCharacters]);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    private static extern ref string? Message(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    private static extern ref Exception? InnerException(Exception exception);
}
