<?php
// SPDX-License-Identifier: Apache-2.0
// Notes, at the end of each request, which files opcache may keep from now on. Without opcache PHP reads every file anew
// for every request, and there is nothing to note. Then the site's own auto_prepend_file, if it has one.
require (static function (): string {
    $notes = getenv('FCGID_WATCH_FILE');
    $none = __DIR__ . '/none.php';
    if (!is_string($notes) || $notes === '' || !@is_writable($notes)) {
        return $none;
    }
    if (ini_get('opcache.enable') && extension_loaded('Zend OPcache')) {
        register_shutdown_function(static function () use ($notes): void {
            // Once more, to come after those that the script has registered.
            register_shutdown_function(static function () use ($notes): void {
                $files = get_included_files();
                $mark = $notes . '.' . md5(implode("\n", $files));
                if (@file_exists($mark)) {
                    return; // PHP remembers nothing between requests, so the file system does
                }
                $lines = '';
                foreach ($files as $file) {
                    $stat = @stat($file);
                    if ($stat === false || strpos($file, "\n") !== false || dirname($file) === __DIR__) {
                        continue;
                    }
                    // As of the beginning of the request: it may have been read at any time since.
                    // "-": opcache keeps no file that was written less than two seconds ago.
                    $lines .= sprintf("%d%s\t%d%s\t%d%s\t%d\t%d\t%s\t%s\n", $_SERVER['REQUEST_TIME'], '000000000',
                        $stat['mtime'], '000000000', $stat['ctime'], '000000000', $stat['size'], $stat['ino'],
                        time() - $stat['mtime'] < 2 ? '-' : '', $file);
                }
                if (@file_put_contents($notes, $lines, FILE_APPEND) !== false) {
                    @touch($mark);
                }
            });
        });
    }
    $known = $notes . '.prepend';
    if (!@file_exists($known)) {
        $prepend = '';
        $inis = array_merge([(string) php_ini_loaded_file()], explode(',', (string) php_ini_scanned_files()));
        foreach (array_filter(array_map('trim', $inis)) as $ini) {
            $values = dirname($ini) === __DIR__ . '/ini' ? false : @parse_ini_file($ini, false, INI_SCANNER_RAW);
            if (is_array($values) && isset($values['auto_prepend_file'])) {
                $prepend = trim((string) $values['auto_prepend_file'], " \"'");
            }
        }
        @file_put_contents($known, $prepend);
    }
    $prepend = (string) @file_get_contents($known);
    return $prepend === '' || $prepend === 'none' ? $none : $prepend;
})();
