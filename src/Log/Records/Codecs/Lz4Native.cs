using System.Runtime.InteropServices;

namespace Actors.Log;

/// <summary>The part of liblz4's frame interface that batches need (lz4frame.h, stable part).</summary>
internal static unsafe partial class Lz4Native
{
    public const string Library = "liblz4.so.1";
    public const string Package = "liblz4-1";

    /// <summary>LZ4F_VERSION.</summary>
    public const uint FrameVersion = 100;

    [LibraryImport(Library, EntryPoint = "LZ4F_createDecompressionContext")]
    public static partial nuint CreateContext(out nint context, uint version);

    [LibraryImport(Library, EntryPoint = "LZ4F_freeDecompressionContext")]
    public static partial nuint FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "LZ4F_resetDecompressionContext")]
    public static partial void ResetContext(nint context);

    [LibraryImport(Library, EntryPoint = "LZ4F_decompress")]
    public static partial nuint Decompress(nint context, byte* output, ref nuint outputBytes, byte* input, ref nuint inputBytes, nint options);

    [LibraryImport(Library, EntryPoint = "LZ4F_isError")]
    public static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "LZ4F_compressFrameBound")]
    public static partial nuint CompressFrameBound(nuint length, in Preferences preferences);

    [LibraryImport(Library, EntryPoint = "LZ4F_compressFrame")]
    public static partial nuint CompressFrame(byte* output, nuint outputBytes, byte* input, nuint inputBytes, in Preferences preferences);

    /// <summary>LZ4F_preferences_t with its LZ4F_frameInfo_t in front.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Preferences
    {
        public int BlockSizeId;
        public int BlockMode;
        public int ContentChecksum;
        public int FrameType;
        public ulong ContentSize;
        public uint DictionaryId;
        public int BlockChecksum;
        public int CompressionLevel;
        public uint AutoFlush;
        public uint FavorDecompressionSpeed;
        public uint Reserved0;
        public uint Reserved1;
        public uint Reserved2;
    }
}
