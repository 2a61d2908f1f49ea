using System.Runtime.InteropServices;

namespace Actors.Log;

/// <summary>The part of libzstd's stable interface that batches need (zstd.h, 1.4 and later).</summary>
internal static unsafe partial class ZstdNative
{
    public const string Library = "libzstd.so.1";
    public const string Package = "libzstd1";

    /// <summary>ZSTD_reset_session_only.</summary>
    public const int ResetSession = 1;

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint CreateContext();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_DCtx_reset")]
    public static partial nuint ResetContext(nint context, int directive);

    [LibraryImport(Library, EntryPoint = "ZSTD_sizeof_DCtx")]
    public static partial nuint ContextBytes(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    public static partial nuint DecompressStream(nint context, Buffer* output, Buffer* input);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressBound")]
    public static partial nuint CompressBound(nuint length);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress")]
    public static partial nuint Compress(byte* output, nuint outputBytes, byte* input, nuint inputBytes, int level);

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which have the same fields.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public byte* Start;
        public nuint Length;
        public nuint Position;
    }
}
